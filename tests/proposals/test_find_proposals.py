"""Lists, search, likely duplicates, spreadsheet: what a person finds, and what they never find."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from innovation.proposals import duplicates
from innovation.proposals.models import Proposal
from tests.plant import Plant
from tests.proposals.filing import problem, send, typed
from workflows.engine.models import WorkItem


@pytest.fixture
def filed(ruled: Plant) -> Plant:
    chosen = problem(ruled)
    send(ruled.client(ruled.author), typed(chosen, title=["溜槽耐火料整体预制"]))
    send(ruled.client(ruled.coauthor), typed(chosen, title=["阳极泥压滤自动卸料"], category=["energy"]))
    send(ruled.client(ruled.stranger), typed(title=["渣包溜槽保温盖"], category=["safety"]))
    return ruled


def listed(plant: Plant, person, query: str = "", page: str = "/proposals/") -> list[str]:
    answer = plant.client(person).get(f"{page}?{query}")
    return [row.proposal.case.title for row in answer.context["rows"]]


def test_each_sees_by_place(filed: Plant) -> None:
    assert listed(filed, filed.author) == ["阳极泥压滤自动卸料", "溜槽耐火料整体预制"]
    assert listed(filed, filed.stranger) == ["渣包溜槽保温盖"]
    assert len(listed(filed, filed.observer)) == 3
    assert listed(filed, filed.contractor_person) == []
    assert listed(filed, filed.author, page="/proposals/mine/") == ["溜槽耐火料整体预制"]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("q=渣包", ["渣包溜槽保温盖"]),
        ("q=溜", ["渣包溜槽保温盖", "阳极泥压滤自动卸料", "溜槽耐火料整体预制"]),
        ("q=压滤", ["阳极泥压滤自动卸料"]),
        ("q=TA-", ["渣包溜槽保温盖", "阳极泥压滤自动卸料", "溜槽耐火料整体预制"]),
        ("q=LC-201&category=energy", ["阳极泥压滤自动卸料"]),
        ("category=safety", ["渣包溜槽保温盖"]),
        ("status=accepted", []),
        ("status=nonsense&year=x&unit=y&sort=z&page=99", None),
        ("sort=filed", ["溜槽耐火料整体预制", "阳极泥压滤自动卸料", "渣包溜槽保温盖"]),
        ("year=1999", None),
        ("q='%22%3C%26", []),
    ],
)
def test_filters_and_search(filed: Plant, query: str, titles: list[str] | None) -> None:
    found = listed(filed, filed.observer, query)
    assert found == titles if titles is not None else len(found) == 3


def test_by_unit(filed: Plant) -> None:
    assert listed(filed, filed.observer, f"unit={filed.other_section.pk}") == ["渣包溜槽保温盖"]


def test_the_list_asks_as_little_for_many_rows(filed: Plant) -> None:
    client = filed.client(filed.observer)
    client.get("/proposals/")  # unit names and the like are kept for a minute
    counts = []
    for _round in "12":
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get("/proposals/")
        counts.append(len(seen))
        for n in range(6):
            send(filed.client(filed.author), typed(title=[f"再来一个 {n}"]))
    assert counts[0] == counts[1] <= 16


def test_the_spreadsheet_says_the_same_and_runs_nothing(filed: Plant) -> None:
    send(filed.client(filed.author), typed(title=['=HYPERLINK("http://x","y")']))
    answer = filed.client(filed.author).get("/proposals/export.xlsx?sort=-filed")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("编号", "题目", "类别")
    assert [row[1] for row in rows[1:]] == ['=HYPERLINK("http://x","y")', "阳极泥压滤自动卸料", "溜槽耐火料整体预制"]
    assert sheet["B2"].data_type == "s"
    assert rows[1][8] == 45930


def test_likely_duplicates_show_while_typing_only_what_may_be_read(filed: Plant) -> None:
    address = "/proposals/duplicates/?title=溜槽耐火料预制件"
    assert "溜槽耐火料整体预制" in filed.client(filed.author).get(address).content.decode()
    assert "渣包" not in filed.client(filed.author).get(address).content.decode()
    assert "整体预制" not in filed.client(filed.stranger).get(address).content.decode()
    assert filed.client(filed.author).get("/proposals/duplicates/?title=溜").content.strip() == b""
    assert filed.client(filed.author).get("/proposals/duplicates/?title=" + "%27%26%7C" * 90).status_code == 200


def test_an_accepted_one_is_shown_to_the_whole_workshop(filed: Plant) -> None:
    Proposal.objects.get(case__title="溜槽耐火料整体预制").accept(level="team")
    found = duplicates.find(filed.stranger, title="溜槽耐火料预制件")
    assert [twin.title for twin in found][:1] == ["溜槽耐火料整体预制"]


def test_problems_are_the_workshops(filed: Plant) -> None:
    assert "溜槽更换时间长" in filed.client(filed.stranger).get("/proposals/problems/").content.decode()
    assert "NT-0001" not in filed.client(filed.contractor_person).get("/proposals/problems/").content.decode()
    assert filed.client(filed.contractor_person).get("/proposals/problems/NT-0001/").status_code == 404
    shown = filed.client(filed.author).get("/proposals/problems/NT-0001/").content.decode()
    assert "溜槽耐火料整体预制" in shown


def test_raise_and_reword_a_problem(ruled: Plant) -> None:
    client = ruled.client(ruled.author)
    empty = client.post("/proposals/problems/new/", {"title": "", "description": "很烫"})
    assert empty.status_code == 422
    assert "用一句话写明是什么问题。" in empty.content.decode()
    assert "很烫" in empty.content.decode()
    assert client.post("/proposals/problems/new/", {"title": "炉渣粘包", "description": ""}).status_code == 302
    address = "/proposals/problems/NT-0001/edit/"
    assert ruled.client(ruled.teammate).post(address, {"title": "x"}).status_code == 403
    assert client.post(address, {"title": "炉渣粘包多", "description": "每班两次"}).status_code == 302
    page = client.get("/proposals/problems/NT-0001/")
    assert "炉渣粘包多" in page.content.decode()
    send(client, typed(page.context["problem"]))
    assert client.post(address, {"title": "改掉"}).status_code == 403


def test_forecast_and_verified_stand_apart(filed: Plant) -> None:
    proposal = Proposal.objects.get(case__title="溜槽耐火料整体预制")
    proposal.accept(level="team")
    proposal.plan(implementer=filed.author, due=date(2027, 1, 1))
    proposal.implement(note="装好了", at=datetime(2026, 12, 1, tzinfo=UTC))
    proposal.report_effect(saving=Decimal("30000"), added_cost=Decimal("100"), investment=Decimal("1000"))
    proposal.verify(by=filed.finance, at=datetime(2026, 12, 20, tzinfo=UTC))
    proposal.refresh_from_db()
    assert (proposal.forecast_benefit, proposal.verified_benefit) == (Decimal("45930.00"), Decimal("29566.67"))
    assert str(proposal.reverify_on) == "2027-12-20"
    assert listed(filed, filed.observer, "sort=-verified")[0] == "溜槽耐火料整体预制"


def test_the_reader_sees_the_content_and_the_authority(filed: Plant) -> None:
    proposal = Proposal.objects.get(case__title="溜槽耐火料整体预制")
    item = WorkItem.objects.get(case=proposal.case)
    page = filed.client(filed.team_leader).get(f"/cases/{proposal.case.number}/tasks/{item.pk}/").content.decode()
    for shown in (
        "在本级权限内",
        "难题 NT-0001",
        "72 × ¥640.00",
        "1.5 × ¥100.00",
        "−¥150.00",
        "¥45,930.00",
        "一次性投入",
    ):
        assert shown in page
    send(filed.client(filed.author), typed(title=["溜槽耐火料整体预制件"], cost=["5000.01"]))
    other = Proposal.objects.get(case__title="溜槽耐火料整体预制件")
    item = WorkItem.objects.get(case=other.case)
    page = filed.client(filed.team_leader).get(f"/cases/{other.case.number}/tasks/{item.pk}/").content.decode()
    assert "超出本级权限" in page
    assert "投入 ¥5,000.01，本级上限 0.5 万，超出" in page
    likely = filed.client(filed.team_leader).get(f"/proposals/{other.case.number}/duplicates/").content.decode()
    assert "溜槽耐火料整体预制" in likely
    assert filed.client(filed.stranger).get(f"/proposals/{other.case.number}/duplicates/").status_code == 404


def test_likely_duplicates_have_a_page_of_their_own_without_script(filed: Plant) -> None:
    case = Proposal.objects.visible_to(filed.author).select_related("case")[0].case
    client, address = filed.client(filed.author), f"/proposals/{case.number}/duplicates/"
    alone = client.get(address).content.decode()
    assert "<h1>可能重复</h1>" in alone and f'href="/cases/{case.number}/"' in alone
    assert "<h1>" not in client.get(address, headers={"HX-Request": "true"}).content.decode()
