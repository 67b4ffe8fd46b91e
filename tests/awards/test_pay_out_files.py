"""The pay-out list: read on the page, taken as a spreadsheet, printed; every sum comes out the same."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from innovation.awards import objecting, pay_list, paying
from innovation.awards.models import Candidate, Payment
from tests.awards.award_story import AwardStory
from tests.plant import Plant

pytestmark = pytest.mark.django_db
FILES = ("payout/", "payout.xlsx", "payout.pdf")


@pytest.fixture
def story(plant: Plant) -> AwardStory:
    told = AwardStory(plant)
    told.begin()
    told.implemented("沉淀池液位雷达吹扫", coauthors=(plant.coauthor, plant.stranger))
    told.implemented("渣缓冷水闭路回用", author=plant.stranger, coauthors=())
    told.until_announced(85)
    return told


def get(story: AwardStory, person: Any, tail: str) -> Any:
    return story.plant.client(person).get(f"/awards/{story.case.number}/{tail}")  # type: ignore[union-attr]


def rows_of(story: AwardStory) -> list[tuple[Any, ...]]:
    answer = get(story, story.officer, "payout.xlsx")
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content), read_only=True)
    return list(book.worksheets[0].iter_rows(values_only=True))


def printed(story: AwardStory) -> str:
    answer = get(story, story.officer, "payout.pdf")
    assert answer["Content-Type"] == "application/pdf"
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).split())


def sums(rows: list[tuple[Any, ...]]) -> tuple[Decimal, Decimal, Decimal]:
    """Of the lines, of the subtotals, and the total."""
    lines = [row for row in rows[1:] if row and isinstance(row[0], int)]
    subtotals = [row[8] for row in rows if len(row) > 2 and row[2] == "小计"]
    total = next(row[8] for row in rows if len(row) > 1 and row[1] == "合计")
    return _of(row[8] for row in lines), _of(subtotals), _of([total])


def _of(numbers: Any) -> Decimal:
    return sum((Decimal(str(number)) for number in numbers), Decimal(0)).quantize(Decimal("0.01"))


def test_lines_subtotals_and_total_are_one_sum_everywhere(story: AwardStory) -> None:
    story.until_confirmed()
    total = story.round.total
    assert sums(rows_of(story)) == (total, total, total) and total == Decimal("4000.00")
    page, paper = get(story, story.officer, "payout/").content.decode(), printed(story)
    assert "¥4,000.00" in page and "¥4,000.00" in paper
    # 2,000 in three equal parts: the left-over fen go to the first two.
    for amount in ("¥666.67", "¥666.66", "¥2,000.00"):
        assert amount in page and amount in paper
    head = rows_of(story)[0]
    assert head[:9] == ("序号", "单位", "工号", "姓名", "案件", "题目", "等级", "份额", "金额（元）")


def test_it_is_grouped_by_unit(story: AwardStory, plant: Plant) -> None:
    story.until_confirmed()
    groups = pay_list.of(story.round).groups
    assert [(group.unit, len(group.lines)) for group in groups] == [(plant.team.name, 2), (plant.other_team.name, 2)]
    assert "创新专员" in printed(story) and "财务核定" in printed(story) and plant.team.name in printed(story)


def test_who_has_left_is_marked_and_still_paid(story: AwardStory, plant: Plant) -> None:
    story.until_confirmed()
    plant.coauthor.is_active = False
    plant.coauthor.save()
    assert sums(rows_of(story))[0] == story.round.total
    remarks = [row[10] for row in rows_of(story) if len(row) > 3 and row[3] == plant.coauthor.name]
    assert remarks == ["已离职"] and "已离职" in printed(story)
    assert "已离职" in get(story, story.officer, "payout/").content.decode()


def test_what_an_objection_holds_is_not_on_it_and_what_is_taken_back_says_why(
    story: AwardStory, plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = story.round.candidates.get(rank=2)
    monkeypatch.setattr(objecting, "_holders", [lambda round: Candidate.objects.filter(pk=held.pk)])
    story.until_confirmed()
    assert sums(rows_of(story)) == (Decimal("2000.00"),) * 3
    with transaction.atomic():
        paying.release(held)
        paying.reverse(story.round.candidates.get(rank=1), "核实后效益不成立。", Payment.Kind.CLAW_BACK)
    # They wait for the workshop's next list: this one stands as it was.
    assert sums(rows_of(story)) == (Decimal("2000.00"),) * 3
    Payment.objects.filter(round=None).update(round=story.round)
    rows = rows_of(story)
    assert sums(rows) == (Decimal("2000.00"),) * 3
    kinds = {row[9]: row[10] for row in rows if row and isinstance(row[0], int)}
    assert kinds["追回"] == "核实后效益不成立。" and "异议了结后补发" in kinds
    assert "追回" in printed(story) and "核实后效益不成立。" in printed(story)
    assert "−¥666.67" in get(story, story.officer, "payout/").content.decode()


def test_who_may_read_it(story: AwardStory, plant: Plant) -> None:
    for tail in FILES:
        assert get(story, story.officer, tail).status_code == 404  # nothing is confirmed yet
    story.until_confirmed()
    for tail in FILES:
        for person in (story.officer, plant.finance, plant.reviewers[0], plant.observer):
            assert get(story, person, tail).status_code == 200, (person, tail)
        for person in (plant.author, plant.stranger, plant.team_leader, plant.admin, plant.contractor_person):
            assert get(story, person, tail).status_code == 404, (person, tail)


def test_finance_finds_it_from_the_task(story: AwardStory, plant: Plant) -> None:
    story.until_confirmed()
    item = story.item(plant.finance)
    page = plant.client(plant.finance).get(f"/cases/{story.case.number}/tasks/{item.pk}/").content.decode()  # type: ignore[union-attr]
    for tail in FILES:
        assert f"/awards/{story.case.number}/{tail}" in page  # type: ignore[union-attr]


def test_a_formula_in_a_title_stays_text(plant: Plant) -> None:
    told = AwardStory(plant)
    told.begin()
    told.implemented('=HYPERLINK("http://x","y")𠮷')
    told.until_announced()
    told.until_confirmed()
    assert any(row[5] == '=HYPERLINK("http://x","y")𠮷' for row in rows_of(told) if len(row) > 5)
    assert "[U+20BB7]" in printed(told)


def test_as_many_statements_for_one_line_as_for_many(story: AwardStory) -> None:
    story.until_confirmed()

    client, page = story.plant.client(story.officer), f"/awards/{story.case.number}/payout/"  # type: ignore[union-attr]

    def counted() -> int:
        client.get(page)
        with CaptureQueriesContext(connection) as seen:
            client.get(page)
        return len(seen)

    before = counted()
    people = [story.plant.teammate, *story.judges, *story.plant.reviewers]
    like = Payment.objects.first()
    assert like is not None
    Payment.objects.bulk_create(
        Payment(workshop=like.workshop, round=like.round, candidate=like.candidate, person=p, unit=p.unit,
                amount=Decimal(1), created_at=like.created_at)
        for p in people
    )  # fmt: skip
    assert counted() == before
