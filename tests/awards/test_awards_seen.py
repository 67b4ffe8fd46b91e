"""What came of the awards: for everybody who sees the rounds, and one's own record."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from innovation.awards import objecting
from innovation.awards.seen import figures, own
from innovation.proposals.models import Problem
from innovation.proposals.models.problem import WrongState
from tests.awards.award_story import AwardStory
from tests.plant import Plant
from workflows.engine.models import Case
from workflows.organisation.models import Person, Unit, UnitKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(plant: Plant) -> AwardStory:
    told = AwardStory(plant)
    told.begin()
    return told


def with_problem(case: Case, problem: Problem) -> Case:
    type(case.proposal).objects.filter(pk=case.proposal.pk).update(problem=problem)  # type: ignore[attr-defined]
    return case


def published(story: AwardStory, besides: dict[str, list[Problem]] | None = None) -> tuple[Case, Case, Problem]:
    """Two awards that solve one problem, one of them verified; `besides` by title what each solves besides."""
    plant = story.plant
    with transaction.atomic():
        problem = Problem.raise_new(title="沉淀池结瘤", unit=plant.section, by=plant.teammate)
    first = with_problem(story.implemented("液位雷达吹扫"), problem)
    second = with_problem(story.implemented("吹扫枪改型", author=plant.stranger, coauthors=()), problem)
    for case in (first, second):
        case.proposal.also_solves.set((besides or {}).get(case.title, []))  # type: ignore[attr-defined]
    proposal = first.proposal  # type: ignore[attr-defined]
    proposal.refresh_from_db()
    proposal.report_effect(saving=Decimal(9000), added_cost=Decimal(0), investment=Decimal(0))
    proposal.verify(by=plant.finance, at=proposal.implemented_at + timedelta(days=1))
    story.until_announced()
    story.until_confirmed()
    story.do(plant.finance)
    return first, second, problem


def get(story: AwardStory, person: Person, tail: str) -> Any:
    answer = story.plant.client(person).get(f"/awards/{tail}")
    assert answer.status_code == 200
    return answer


def test_nothing_is_seen_before_a_round_is_published(story: AwardStory, plant: Plant) -> None:
    story.implemented()
    story.until_announced()
    story.until_confirmed()
    assert "还没有发布的轮次" in get(story, plant.stranger, "seen/").content.decode()


def test_by_year_with_forecast_beside_verified(story: AwardStory, plant: Plant) -> None:
    published(story)
    (year,) = figures.by_year(figures.rounds(plant.stranger))
    assert (year.awards, year.problems, year.amount) == (2, 1, Decimal("4000.00"))
    assert (year.forecast_of_verified, year.verified, year.verified_count) == (Decimal(10000), Decimal(9000), 1)
    page = get(story, plant.stranger, "seen/").content.decode()
    assert "¥10,000.00 → ¥9,000.00" in page and page.count('<svg class="pic') == 5
    assert "沉淀池结瘤" in page


def test_the_spreadsheet_says_the_same(story: AwardStory, plant: Plant) -> None:
    published(story)
    answer = get(story, plant.stranger, "seen.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content), read_only=True)
    assert book.sheetnames == ["按年份", "按单位", "解决难题"]
    row = list(book["按年份"].iter_rows(values_only=True))[1]
    assert row[1:4] == (2, 4000, 1) and row[6:8] == (10000, 9000)


def test_few_people_s_sum_is_for_those_above_them(story: AwardStory, plant: Plant) -> None:
    published(story)
    places = {place.unit: place for place in figures.by_unit(plant.stranger, figures.rounds(plant.stranger))}
    assert [places[u].awards for u in (plant.section, plant.other_section)] == [1, 1]
    assert {place.amount for place in places.values()} == {None}
    assert places[plant.section].authors == 2 and places[plant.section].people == 9
    assert str(places[plant.section].share) == "22.2"
    seen = {
        place.unit: place.amount
        for place in figures.by_unit(plant.section_chiefs[0], figures.rounds(plant.section_chiefs[0]))
    }
    assert seen[plant.other_section] is None


def test_what_is_left_out_cannot_be_found_by_subtracting() -> None:
    sharing = {1: {1}, 2: {11, 12, 13, 14, 15, 16}, 3: {21, 22, 23, 24, 25}}
    assert figures.kept_back(sharing, ()) == {1, 3}
    assert figures.kept_back(sharing, {1}) == set()
    assert figures.kept_back({2: sharing[2]}, ()) == set()


def test_a_problem_is_solved_when_its_award_is_published_and_open_again_when_it_is_void(
    story: AwardStory, plant: Plant
) -> None:
    first, second, problem = published(story)
    problem.refresh_from_db()
    assert problem.state == Problem.State.SOLVED
    with pytest.raises(WrongState):
        problem.solve()
    for case, state in ((first, "solved"), (second, "open")):
        with transaction.atomic():
            objecting.void(story.candidate(case), "核实后不成立。")
        problem.refresh_from_db()
        assert problem.state == state


def test_one_award_solves_several_problems(story: AwardStory, plant: Plant) -> None:
    with transaction.atomic():
        others = [Problem.raise_new(title=title, unit=plant.section, by=plant.teammate) for title in ("管堵", "表跳")]
    first, _second, problem = published(story, {"液位雷达吹扫": others, "吹扫枪改型": others[:1]})
    assert {one.state for one in Problem.objects.all()} == {"solved"}
    rounds = figures.rounds(plant.stranger)
    assert figures.by_year(rounds)[0].problems == 3
    assert [(one.problem, one.awards) for one in figures.solved(plant.stranger, rounds)] == [
        (others[0], 2), (problem, 2), (others[1], 1),
    ]  # fmt: skip
    with transaction.atomic():
        objecting.void(story.candidate(first), "核实后不成立。")
    assert [one.title for one in Problem.objects.filter(state="open")] == ["表跳"]


def test_my_awards_and_nobody_else_s(story: AwardStory, plant: Plant) -> None:
    first, second, _problem = published(story)
    page = get(story, plant.author, "mine/").content.decode()
    assert first.number in page and second.number not in page and "¥1,000.00" in page and "已发放" in page
    assert "还没有奖项" in get(story, plant.teammate, "mine/").content.decode()
    book = openpyxl.load_workbook(io.BytesIO(get(story, plant.author, "mine.xlsx").content), read_only=True)
    assert [row[1] for row in book.worksheets[0].iter_rows(values_only=True)][1:] == [first.number]


def test_my_award_says_how_it_stands(story: AwardStory, plant: Plant) -> None:
    case = story.implemented()
    story.open()
    assert own.of(plant.author) == []
    story.do(story.officer)
    for judge in story.judges:
        story.write(judge, 85)
        story.seal(judge)
    assert own.of(plant.author) == []
    story.do(story.officer)
    assert [one.state for one in own.of(plant.author)] == ["hangs"]
    story.until_confirmed()
    assert [(one.state, one.paid) for one in own.of(plant.author)] == [("listed", Decimal(0))]
    story.do(plant.finance)
    assert [(one.state, one.paid) for one in own.of(plant.author)] == [("paid", Decimal("1000.00"))]
    with transaction.atomic():
        objecting.void(story.candidate(case), "核实后不成立。")
    assert [one.state for one in own.of(plant.author)] == ["void"]


def test_another_workshop_sees_nothing_of_it(story: AwardStory, plant: Plant) -> None:
    published(story)
    away = Unit.objects.create(code="DJ", name="电解车间", kind=UnitKind.WORKSHOP, parent=plant.company)
    outsider = Person.objects.create(employee_no="30001", name="外人", unit=away, must_change_password=False)
    for person in (outsider, plant.contractor_person):
        page = get(story, person, "seen/").content.decode()
        assert "还没有发布的轮次" in page and "沉淀池结瘤" not in page


def test_as_many_statements_for_two_awards_as_for_many(story: AwardStory, plant: Plant) -> None:
    from tests.awards.test_publicity_page import more_awards

    published(story)

    client = plant.client(plant.author)

    def counted(tail: str) -> int:
        client.get(f"/awards/{tail}")
        with CaptureQueriesContext(connection) as seen:
            client.get(f"/awards/{tail}")
        return len(seen)

    before = {tail: counted(tail) for tail in ("seen/", "mine/")}
    more_awards(story, 30)
    assert {tail: counted(tail) for tail in before} == before
    assert before["seen/"] <= 23 and before["mine/"] <= 12
