"""People read where the time goes: what they see of it, whose speed they may know, and what it costs."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from tests.api.caller import Caller
from tests.plant import Plant
from tests.proposal_story import Story
from tests.reports.lives import BEGINNING, Lives, fresh
from workflows.engine.models import Step
from workflows.ledger.clock import injected, now
from workflows.organisation.models import Person, Role, Unit
from workflows.reports.process import privacy, times
from workflows.reports.process.asked import Asked
from workflows.reports.process.views import FIGURES

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 15
EVER = "?since=2026-01-01"


@pytest.fixture
def story(ruled: Plant) -> Iterator[Story]:
    """One case: two working hours with the leader, then with the three chiefs, of whom one has signed."""
    story = Story(ruled)
    moment = BEGINNING + timedelta(hours=1)
    with injected(moment):
        story.file()
    with injected(moment + timedelta(hours=2, minutes=30)):  # 10:30 to 13:00: the lunch break is no working time
        story.act(ruled.team_leader, "approve")
    with injected(moment + timedelta(hours=4)):
        story.act(ruled.section_chiefs[0], "approve")
        yield story


def page(person: Person, name: str, query: str = EVER) -> str:
    answer = Client()
    answer.force_login(person, backend="workflows.organisation.backends.EmployeeBackend")
    found = answer.get(reverse(name) + query)
    assert found.status_code == 200
    return found.content.decode()


def test_a_chief_reads_how_long_the_leader_took(story: Story) -> None:
    text = page(story.plant.section_chiefs[0], "process_times")
    assert "班组审" in text and ">1.5<" in text and ">2.5<" in text
    assert "<svg" in text and 'role="img"' in text and "style=" not in text


def test_a_plant_without_cases_says_so(ruled: Plant) -> None:
    for figure in FIGURES:
        text = page(ruled.publisher, f"process_{figure.name}", "")
        assert "<h1" in text
    assert "这段时间没有数据" in page(ruled.publisher, "process_times", "")


def test_it_speaks_english(story: Story) -> None:
    Person.objects.filter(pk=story.plant.observer.pk).update(language="en")
    text = page(fresh(story.plant.observer), "process_times")
    assert "Time at each step" in text and "few people: times not shown" in text and "各步" not in text


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_nobody_counts_cases_that_they_do_not_see(story: Story, figure: Any) -> None:
    text = page(story.plant.stranger, f"process_{figure.name}")
    assert str(story.case.number) not in text  # type: ignore[union-attr]
    assert "process_visits" not in text
    assert times.of(Asked.of(fresh(story.plant.stranger), {"period": "all"})).whole is None


def test_a_unit_that_one_does_not_see_is_not_there(story: Story) -> None:
    plant = story.plant
    client = plant.client(plant.stranger)
    for unit in (plant.team.pk, 0, "x"):
        assert client.get(f"/analytics/times/?unit={unit}").status_code == 404
    assert plant.client(plant.observer).get(f"/analytics/times/?unit={plant.team.pk}").status_code == 200


def test_a_lonely_leader_s_speed_is_for_those_above(story: Story) -> None:
    """One person took all visits of the step, so its times would be theirs."""
    plant = story.plant

    def shown(person: Person) -> bool:
        found = times.of(Asked.of(fresh(person), {"period": "all"}))
        return next(row.said for row in found.steps if row.node == "team_review").shown

    assert shown(plant.team_leader) and shown(plant.section_chiefs[1])
    assert not shown(plant.observer) and not shown(plant.author) and not shown(plant.reviewers[0])
    Unit.objects.filter(pk=plant.workshop.pk).update(fallback=plant.publisher)
    assert shown(plant.publisher)


def test_what_is_hidden_on_the_page_is_hidden_everywhere(story: Story) -> None:
    plant = story.plant
    text = page(plant.observer, "process_times")
    assert "经手人少，不列用时" in text and ">1.5<" not in text
    rows = page(plant.observer, "process_visits", f"{EVER}&node=team_review")
    assert story.case.number in rows and ">1.5<" not in rows  # type: ignore[union-attr]
    _title, visits, _late, _due, _share, *hours = rows_of(taken(plant.observer, "process_times"), "按步骤")[1]
    assert visits == 1 and hours == [None] * 6
    answer = Caller.of(plant.observer).get("/api/analytics/times", since="2026-01-01").json()
    step = next(step for step in answer["steps"] if step["name"] == "team_review")
    assert step["count"] == 1 and not step["times_shown"] and step["working_hours"]["median"] is None
    hand = Caller.of(plant.observer).get("/api/analytics/waiting", since="2026-01-01").json()["hands"]
    leader = next(h for h in hand if h["role"] == "team_leader")
    assert leader["ended"] == 1 and leader["median_hours"] is None and leader["total_hours"] is None


def test_each_one_s_times_are_for_themselves_and_those_above(ruled: Plant) -> None:
    def known(person: Person) -> set[int]:
        return privacy.below(fresh(person))

    plant, team = ruled, {ruled.author.pk, ruled.coauthor.pk, ruled.teammate.pk}
    assert known(plant.team_leader) == team
    assert known(plant.second_leader) == set() and known(plant.author) == set()
    chief = known(plant.section_chiefs[0])
    assert team | {plant.team_leader.pk, plant.second_leader.pk, plant.section_member.pk} <= chief
    assert not chief & {c.pk for c in plant.section_chiefs}, "who leads the same unit is not below"
    for other in (plant.observer, plant.admin, plant.publisher, *plant.reviewers, plant.finance):
        assert known(other) == set()
    plant.hold(plant.teammate, Role.TEAM_LEADER, plant.team)
    assert plant.teammate.pk not in known(plant.team_leader)
    assert plant.teammate.pk in known(plant.section_chiefs[0])
    Unit.objects.filter(pk=plant.workshop.pk).update(fallback=plant.publisher)
    assert {c.pk for c in plant.section_chiefs} | team <= known(plant.publisher)


def test_the_page_of_people_names_nobody_else(story: Story) -> None:
    plant = story.plant
    above, outside = page(plant.section_chiefs[1], "process_people"), page(plant.observer, "process_people")
    assert plant.team_leader.name in above and ">1.5<" in above
    assert plant.section_chiefs[0].name not in above
    assert plant.team_leader.name not in outside and ">1.5<" not in outside
    assert plant.team_leader.name in page(plant.team_leader, "process_people")


def taken(person: Person, name: str) -> Any:
    client = Client()
    client.force_login(person, backend="workflows.organisation.backends.EmployeeBackend")
    answer = client.get(reverse(f"{name}_export") + EVER)
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(answer.content))


def rows_of(book: Any, title: str) -> list[tuple[Any, ...]]:
    return [tuple(cell.value for cell in row) for row in book[title].iter_rows()]


def test_each_figure_is_taken_along_as_a_spreadsheet(story: Story) -> None:
    person = story.plant.section_chiefs[0]
    for figure in FIGURES:
        book = taken(person, f"process_{figure.name}")
        asked = dict(rows_of(book, "统计条件")[1:])
        assert asked["导出人"] == f"{person.name} {person.employee_no}"
        assert len(book.worksheets) >= 2
    head, first, *_rest = rows_of(taken(person, "process_times"), "按步骤")
    row = dict(zip(head, first, strict=True))
    assert (row["步骤"], row["件次"], row["工时，中位数"], row["日历小时，最长"]) == ("班组审", 1, 1.5, 2.5)
    visits = rows_of(taken(person, "process_visits"), "件次")
    assert visits[1][0] == story.case.number  # type: ignore[union-attr]


def test_a_return_is_read_with_its_reason_by_who_may_read_the_case(story: Story) -> None:
    plant = story.plant
    story.act(plant.section_chiefs[1], "return_to", "revision", then="resume", reason="请补三个班的停机记录")
    for name in ("process_returns", "process_reasons"):
        assert "请补三个班的停机记录" in page(plant.observer, name)
        assert "请补三个班的停机记录" not in page(plant.stranger, name)
    assert "请补三个班的停机记录" in page(plant.observer, "process_reasons", f"{EVER}&node=section_review&to=revision")
    assert "请补三个班的停机记录" not in page(plant.observer, "process_reasons", f"{EVER}&node=team_review")
    rows = rows_of(taken(plant.observer, "process_returns"), "理由")
    assert rows[1][-1] == "请补三个班的停机记录"


def test_every_number_leads_somewhere(ruled: Plant) -> None:
    """Each link of each figure's page opens, and lists as many as the number says."""
    lives = Lives(ruled, seed=3)
    lives.live(8)
    with injected(lives.end):
        client, followed = ruled.client(ruled.section_chiefs[0]), 0
        for figure in FIGURES:
            text = page(ruled.section_chiefs[0], f"process_{figure.name}")
            for address, number in links(text):
                answer = client.get(address)
                assert answer.status_code == 200, address
                if number.isdigit():
                    count = answer.context["page"].paginator.count
                    assert count == int(number), (figure.name, address, number)
                    followed += 1
    assert followed > 25


def links(text: str) -> list[tuple[str, str]]:

    found = re.findall(
        r'<a (?:class="small" )?href="(/analytics/(?:visits|cases|reasons)/[^"]*)"[^>]*>([^<]*)</a>', text
    )
    return [(unescape(address), words.strip()) for address, words in found]


def test_links_keep_the_question(story: Story) -> None:
    text = page(story.plant.observer, "process_times", f"?since=2026-02-01&unit={story.plant.section.pk}")
    address, _number = links(text)[0]
    words = parse_qs(urlsplit(address).query)
    assert words["since"] == ["2026-02-01"] and words["unit"] == [str(story.plant.section.pk)]


def test_a_page_costs_the_same_for_few_cases_and_for_many(ruled: Plant) -> None:
    client, lives = ruled.client(ruled.section_chiefs[0]), Lives(ruled, seed=5)
    lives.live(3)
    with injected(lives.end):
        few = {figure.name: statements(client, figure) for figure in FIGURES}
    lives.live(9)
    with injected(lives.end):
        many = {figure.name: statements(client, figure) for figure in FIGURES}
    print(few, many)
    assert max(many.values()) <= MOST_STATEMENTS
    for name, count in many.items():
        assert abs(count - few[name]) <= 1, "only whether there is anything at all may differ"


def statements(client: Client, figure: Any) -> int:
    address = reverse(f"process_{figure.name}") + EVER
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen.captured_queries)


def test_programs_ask_the_same(story: Story) -> None:
    plant = story.plant
    caller = Caller.of(plant.section_chiefs[0])
    step = caller.get("/api/analytics/times", since="2026-01-01", unit=plant.section.code).json()["steps"][0]
    assert step["working_hours"] == {"median": "1.5", "nine_in_ten": "1.5", "longest": "1.5"}
    funnel = caller.get("/api/analytics/funnel", since="2026-01-01").json()
    assert funnel["filed"] == 1 and [s["reached"] for s in funnel["stages"]][:3] == [1, 1, 1]
    month = caller.get("/api/analytics/months", since="2026-01-01").json()["months"]
    assert (month[0]["month"], month[0]["reached"]["filed"]) == ("2026-03", 1)
    returned = caller.get("/api/analytics/returns", since="2026-01-01").json()
    assert returned["ways"] == [] and [(s["step"], s["returned"], s["judged"]) for s in returned["steps"]] == [
        ("team_review", 0, 1)
    ]
    people = caller.get("/api/analytics/people", since="2026-01-01").json()
    assert [p["person"]["number"] for p in people] == [
        plant.section_chiefs[0].employee_no, plant.team_leader.employee_no,
    ]  # fmt: skip


def test_programs_hear_what_does_not_fit(story: Story) -> None:
    caller = Caller.of(story.plant.stranger)
    assert caller.get("/api/analytics/times", kind="cake").status_code == 400
    assert caller.get("/api/analytics/times", since="0001-01-01").status_code == 400
    assert caller.get("/api/analytics/times", since="tomorrow").status_code == 400
    assert caller.get("/api/analytics/times", unit="RL-SSL").status_code == 404
    assert caller.get("/api/analytics/times", unit="nowhere").status_code == 404


def test_a_case_on_hold_is_neither_slow_nor_late(story: Story) -> None:
    """The clock stood for a week: the visit took the hours before and after, and its deadline moved with it."""
    from workflows.engine import beside

    plant, case = story.plant, story.case
    assert case is not None
    at = now()
    story.act(plant.section_chiefs[1], "hold", "等大修")
    with injected(at + timedelta(days=7)):
        beside.release_hold(actor=fresh(plant.section_chiefs[1]), case_id=case.pk)
        for chief in plant.section_chiefs[1:]:
            story.act(chief, "approve")
        found = times.of(Asked.of(fresh(plant.section_chiefs[0]), {"period": "all"}))
        said = next(row.said for row in found.steps if row.node == "section_review")
        step = Step.objects.get(case=case, node="section_review")
    assert step.closed_at is not None and step.closed_at - step.opened_at > timedelta(days=7)
    assert str(said.worked.longest_hours) == "1.0" and said.late == 0
    assert said.lasted.longest_hours is not None and said.lasted.longest_hours > 168
