"""A claim template is drafted on a page, compared, published by a second person, and stands."""

from __future__ import annotations

from typing import Any

import pytest

from maintenance_audit.register.models import ClaimTemplate, WorkKind
from tests.plant import Plant
from tests.register.story import RegisterStory, row
from workflows.notices.models import Outbox

pytestmark = pytest.mark.django_db


def typed(*items: dict[str, Any], checks: tuple[str, ...] = ("位号一致",), **more: str) -> dict[str, str]:
    """What the page sends: management data, the rows, an empty row at the end of each."""
    sent = {"note": "首版", "read": "", "act": "save"} | more
    for prefix, rows in (("items", items), ("checks", tuple({"text": t, "seen": "both"} for t in checks))):
        sent |= {f"{prefix}-TOTAL_FORMS": str(len(rows) + 1), f"{prefix}-INITIAL_FORMS": "0"}
        for n, one in enumerate(rows):
            said = {k: "" if v is None else "on" if v is True else str(v) for k, v in one.items() if v is not False}
            sent |= {f"{prefix}-{n}-{name}": value for name, value in said.items()}
    end = len(items)
    blank = {"kind": "hours", "tolerance": "judged", "seen": "both", "severity": "major", "required": "on"}
    return (
        sent | {f"items-{end}-{name}": value for name, value in blank.items()} | {f"checks-{len(checks)}-seen": "both"}
    )


def test_from_draft_to_publication(plant: Plant, told: RegisterStory) -> None:
    kind = told.kind()
    planner, lead = plant.client(told.planner), plant.client(told.lead)
    sent = typed(row("hours", "检修工时", "h", "percent", "10"), row("trial_run", "试车情况", seen="site"))
    page = planner.post(f"/register/kinds/{kind.pk}/draft/", sent, follow=True).content.decode()
    assert "±10 % (h)" in page and "凭判断，不实测" in page and "由别人发布" in page
    draft = ClaimTemplate.objects.get()
    assert [(i.key, i.allowed) for i in draft.items.all()] == [("hours", 10), ("trial_run", None)]
    assert Outbox.objects.filter(event="maintenance_audit.template.drafted", recipient=told.lead).exists()
    assert planner.post(f"/register/templates/{draft.pk}/publish/", {"read": told.read(draft)}).status_code == 403
    page = lead.get(f"/register/templates/{draft.pk}/").content.decode()
    read = page.split('name="read" value="')[1].split('"')[0]
    page = lead.post(f"/register/templates/{draft.pk}/publish/", {"read": read}, follow=True).content.decode()
    assert "已发布，不再改" in page
    assert lead.post(f"/register/templates/{draft.pk}/publish/", {"read": read}).status_code == 422


def test_the_next_version_begins_with_what_is_in_force_and_is_compared_with_it(
    plant: Plant, told: RegisterStory
) -> None:
    kind = told.kind()
    first = told.template(kind)
    planner = plant.client(told.planner)
    page = planner.get(f"/register/kinds/{kind.pk}/draft/").content.decode()
    assert 'value="检修工时"' in page
    sent = typed(row("hours", "检修工时", "h", "percent", "8", key="hours"), row("old_part", "旧件退回", "件", "exact"))
    planner.post(f"/register/kinds/{kind.pk}/draft/", sent)
    draft = ClaimTemplate.objects.drafts().get()
    page = plant.client(plant.author).get(f"/register/templates/{draft.pk}/").content.decode()
    assert "与第 1 版对比" in page
    assert "<del>检修工时 · 工时 · ±10 % (h)" in page and "<ins>检修工时 · 工时 · ±8 % (h)" in page
    assert "<ins>旧件退回" in page and "<del>位号与委托单一致" not in page
    first.refresh_from_db()
    assert ClaimTemplate.objects.in_force().get() == first


def test_nothing_new_is_not_published(plant: Plant, told: RegisterStory) -> None:
    kind = told.kind()
    told.template(kind)
    again = told.draft(kind, row("hours", "检修工时", "h", "percent", "10"))
    answer = plant.client(told.lead).post(f"/register/templates/{again.pk}/publish/", {"read": told.read(again)})
    assert answer.status_code == 422 and "没有差别" in answer.content.decode()
    plant.client(told.planner).post(f"/register/templates/{again.pk}/drop/")
    assert not ClaimTemplate.objects.drafts().exists()


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (row("hours", "工时", "h", "percent", None), "写明允许相差多少"),
        (row("hours", "工时", "h", "judged", "3"), "请留空"),
        (row("hours", "工时", "", "exact"), "须写计量单位"),
        (row("hours", "", "h", "percent", "3"), "field-error"),
        (row("hours", "工时", "h", "percent", "-3"), "field-error"),
        (row("hours", "工时", "h", "percent", "NaN"), "field-error"),
        (row("hours", "工时", key="Größe"), "小写英文字母"),
    ],
)
def test_a_row_that_makes_no_sense(plant: Plant, told: RegisterStory, item: dict[str, Any], said: str) -> None:
    kind = told.kind()
    answer = plant.client(told.planner).post(f"/register/kinds/{kind.pk}/draft/", typed(item))
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not ClaimTemplate.objects.exists()


def test_a_page_without_rows_or_with_broken_ones(plant: Plant, told: RegisterStory) -> None:
    kind = told.kind()
    client = plant.client(told.planner)
    assert client.post(f"/register/kinds/{kind.pk}/draft/", typed()).status_code == 422
    broken = {"items-TOTAL_FORMS": "x", "note": "n", "act": "save"}
    assert client.post(f"/register/kinds/{kind.pk}/draft/", broken).status_code == 422
    more = typed(row("hours", "工时", "h", "percent", "3")) | {"act": "items"}
    page = client.post(f"/register/kinds/{kind.pk}/draft/", more).content.decode()
    assert 'name="items-2-label"' in page and 'value="工时"' in page
    assert not ClaimTemplate.objects.exists()


def test_two_write_the_draft_at_once(plant: Plant, told: RegisterStory) -> None:
    kind = told.kind()
    told.draft(kind)
    answer = plant.client(told.section_planner).post(
        f"/register/kinds/{kind.pk}/draft/", typed(row("headcount", "人数", "人", "absolute", "1"))
    )
    page = answer.content.decode()
    assert answer.status_code == 409 and 'value="人数"' in page
    again = page.split('name="read" value="')[1].split('"')[0]
    sent = typed(row("headcount", "人数", "人", "absolute", "1"), read=again)
    assert plant.client(told.section_planner).post(f"/register/kinds/{kind.pk}/draft/", sent).status_code == 302
    assert ClaimTemplate.objects.get().written_by == sorted([told.planner.pk, told.section_planner.pk])


def test_strangers_write_and_publish_nothing(plant: Plant, told: RegisterStory) -> None:
    kind = told.kind()
    draft = told.draft(kind)
    for person in (plant.author, plant.observer, plant.contractor_person, plant.admin):
        client = plant.client(person)
        for address in (f"kinds/{kind.pk}/draft/", f"templates/{draft.pk}/publish/", f"templates/{draft.pk}/drop/"):
            assert client.post(f"/register/{address}", {"read": told.read(draft)}).status_code in (403, 404)
    assert ClaimTemplate.objects.get().is_draft and WorkKind.objects.count() == 1
