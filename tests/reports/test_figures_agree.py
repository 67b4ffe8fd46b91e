"""Every figure is reckoned twice: in SQL by the product, in plain loops by the test. They must say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import transaction

from tests import plant as plants
from tests.plant import Plant
from tests.reports import by_hand
from tests.reports.conftest import ruled_plant
from tests.reports.lives import BEGINNING, Lives, fresh
from workflows.engine import plant_calendar
from workflows.engine.models import Case, Decision, ShiftPlan, WorkItem
from workflows.ledger.clock import injected
from workflows.organisation.models import Person, Role, Unit
from workflows.reports.process import funnel, milestones, months, people, returns, times, waiting
from workflows.reports.process.asked import Asked
from workflows.reports.process.listing import Cases, Returned, Visits

pytestmark = pytest.mark.django_db
EVER = BEGINNING - timedelta(days=365), BEGINNING + timedelta(days=3650)


class World:
    def __init__(self, plant: Plant, lives: Lives) -> None:
        self.plant, self.at = plant, lives.end
        self.person = plant.observer

    def asked(self, person: Person | None = None, **given: str) -> Asked:
        return Asked.of(fresh(person or self.person), {"period": "all"} | given)

    def cases(self) -> list[Case]:
        return list(Case.objects.visible_to(fresh(self.person)).select_related("unit"))

    def visits(self, since: datetime = EVER[0], until: datetime = EVER[1]) -> list[by_hand.Visit]:
        return by_hand.visits(self.cases(), since, until, self.at)


@pytest.fixture(scope="module")
def lived(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Lived once for all tests here; none of them changes it. Undone at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        plant = ruled_plant(plants.build())
        in_shifts(plant)
        lives = Lives(plant, seed=7)
        lives.live(28)
        # The fallback above everybody sees everybody's times, so that no figure is left out.
        plant.hold(plant.observer, Role.OBSERVER, plant.company)
        Unit.objects.filter(pk=plant.company.pk).update(fallback=plant.observer)
        yield World(plant, lives)
        transaction.set_rollback(True)


def in_shifts(plant: Plant) -> None:
    """One section works round the clock by shifts, so that two calendars are reckoned by."""
    rotation = [[["00:00", "08:00"], ["20:00", "23:00"]], [], [["22:00", "06:00"]]]
    ShiftPlan.objects.create(
        unit=plant.other_section, rotation=rotation, begins_on=date(2026, 3, 1), every_day=True,
        changed_by=plant.admin, changed_at=BEGINNING,
    )  # fmt: skip
    plant_calendar.forget()


@pytest.fixture
def world(lived: World, db: None) -> Iterator[World]:
    plant_calendar.forget()  # another test's may be kept
    with injected(lived.at):
        yield lived


def told(said: Any) -> tuple[Any, ...]:
    w, c = said.worked, said.lasted
    return said.count, said.late, said.due, w.median, w.ninth, w.longest, c.median, c.ninth, c.longest


def test_the_lives_hold_everything_that_a_figure_has_to_mind(world: World) -> None:
    verbs = set(Decision.objects.values_list("verb", flat=True))
    assert {"approve", "return", "reject", "hold", "resume", "take_back", "withdraw", "done"} <= verbs
    outcomes = {step.outcome for case in world.cases() for step in case.steps.all()}  # type: ignore[attr-defined]
    assert {"", "approved", "returned", "rejected", "taken_back", "withdrawn"} <= outcomes


def test_time_at_each_step_and_level(world: World) -> None:
    found, visits = times.of(world.asked()), world.visits()
    steps = {row.node: told(row.said) for row in found.steps}
    assert steps == {node: by_hand.said(group) for node, group in by_hand.grouped(visits, lambda v: v.node).items()}
    levels = {row.level: told(row.said) for row in found.levels}
    assert levels == {level: by_hand.said(g) for level, g in by_hand.grouped(visits, lambda v: v.level).items()}
    assert found.whole is not None and told(found.whole) == by_hand.said(visits)


def test_a_unit_and_a_period_narrow_it(world: World) -> None:
    section = world.plant.section
    asked = world.asked(unit=str(section.pk), since="2026-03-20", until="2026-04-20")
    own = [case for case in world.cases() if case.unit.path.startswith(section.path)]
    visits = by_hand.visits(own, asked.start, asked.end, world.at)
    found = times.of(asked)
    assert 0 < len(visits) < len(world.visits())
    assert {row.node: told(row.said) for row in found.steps} == {
        node: by_hand.said(group) for node, group in by_hand.grouped(visits, lambda v: v.node).items()
    }


def branch_of(world: World, visit: by_hand.Visit) -> str:
    """All cases are of the workshop, so its sections are the rows."""
    path = visit.step.case.unit.path
    sections = Unit.objects.filter(parent=world.plant.workshop)
    return next((s.name for s in sections if path.startswith(s.path)), world.plant.workshop.name)


def wait_by_hand(ended: list[by_hand.Visit], still: list[by_hand.Visit]) -> tuple[Any, ...]:
    taken = [v.worked for v in ended]
    longest = max((v.worked for v in still), default=None)
    return (len(ended), len(still), sum(v.late for v in still), longest,
            by_hand.nearest(taken, Fraction(1, 2)), sum(taken) if taken else None)  # fmt: skip


def test_who_waits_for_whom(world: World) -> None:
    found = waiting.of(world.asked())
    ended, still = world.visits(), by_hand.open_visits(world.cases(), world.at)
    cells = {
        (line.branch.name, role): (w.ended, w.open, w.late, w.longest_open, w.median, w.total)
        for line in found.lines
        for role, w in line.cells
        if w is not None
    }
    key = lambda v: (branch_of(world, v), v.role)  # noqa: E731
    by_ended, by_still = by_hand.grouped(ended, key), by_hand.grouped(still, key)
    assert cells == {k: wait_by_hand(by_ended[k], by_still[k]) for k in {*by_ended, *by_still}}
    hands = {
        (h.unit.name if h.unit else "", h.role): (h.wait.ended, h.wait.open, h.wait.late, h.wait.longest_open,
                                                 h.wait.median, h.wait.total)
        for h in found.hands
    }  # fmt: skip
    key = lambda v: (v.unit.name if v.unit else "", v.role)  # noqa: E731
    by_ended, by_still = by_hand.grouped(ended, key), by_hand.grouped(still, key)
    assert hands == {k: wait_by_hand(by_ended[k], by_still[k]) for k in {*by_ended, *by_still}}


def test_returns(world: World) -> None:
    found = returns.of(world.asked())
    sent = list(Decision.objects.filter(verb="return").select_related("step"))
    ways = Counter((d.step.node, d.data["to"]) for d in sent if d.step)
    assert sent and {(w.node, w.to): w.count for w in found.ways} == ways
    straight = Counter((d.step.node, d.data["to"]) for d in sent if d.step and d.data["then"] == "resume")
    assert {(w.node, w.to): w.resumes for w in found.ways if w.resumes} == straight
    judged = [v for v in world.visits() if v.outcome in ("approved", "rejected", "returned")]
    groups = by_hand.grouped(judged, lambda v: v.node)
    assert {r.node: (r.returned, r.judged) for r in found.returners} == {
        node: (sum(v.outcome == "returned" for v in group), len(group)) for node, group in groups.items()
    }
    for way in found.ways:
        assert Returned(world.asked(), {"node": way.node, "to": way.to}).all().count() == way.count


def test_the_funnel_loses_nobody(world: World) -> None:
    asked = world.asked()
    found, cases = funnel.of(asked), world.cases()
    way = milestones.of(asked.described)
    reached, stands = by_hand.funnel(cases, way, found.exits)
    assert {s.milestone.name: s.reached for s in found.stages} == {m.name: reached[m.name] for m in way}
    for stage in found.stages:
        name = stage.milestone.name
        assert (stage.here, stage.done) == (stands[name, "here"], stands[name, "done"]), name
        assert stage.exits == {standing: stands[name, standing] for standing in found.exits}
        assert Cases(asked, {"stage": name}).all().count() == stage.reached
        ends = {"here": stage.here, "done": stage.done, **stage.exits}
        for end, count in ends.items():
            assert Cases(asked, {"stage": name, "end": end}).all().count() == count
    assert sum(stage.stopped for stage in found.stages) == found.filed == len(cases)


def test_months(world: World) -> None:
    found, cases = months.of(world.asked()), world.cases()
    filed = Counter(by_hand.month(c.filed_at) for c in cases)
    closed = Counter(by_hand.month(c.closed_at) for c in cases if c.closed_at)
    visits = world.visits()
    late = Counter(by_hand.month(v.end) for v in visits if v.late)
    due = Counter(by_hand.month(v.end) for v in visits if v.step.due_at)
    still = 0
    assert len(found.months) >= 3
    for month in found.months:
        key = f"{month.first:%Y-%m}"
        still += filed[key] - closed[key]
        assert (month.filed, month.closed, month.open_at_end) == (filed[key], closed[key], still)
        assert (month.late, month.due) == (late[key], due[key])
        assert Visits(world.asked(), {"month": key, "late": "1"}).all().count() == month.late
        for milestone, count in month.reached:
            assert Cases(world.asked(), {"month": key, "stage": milestone.name}).all().count() == count
        for standing, count in month.exits:
            assert Cases(world.asked(), {"month": key, "end": standing}).all().count() == count
    for place, milestone in enumerate(found.milestones):
        firsts = [first_at(case, milestone) for case in cases]
        counted = Counter(by_hand.month(at) for at in firsts if at)
        assert {f"{m.first:%Y-%m}": m.reached[place][1] for m in found.months if m.reached[place][1]} == counted


def first_at(case: Case, milestone: Any) -> datetime | None:
    if milestone.name == "filed":
        return case.filed_at
    if not milestone.nodes:
        return case.closed_at if case.standing in milestone.standings else None
    steps = case.steps.filter(node__in=milestone.nodes)  # type: ignore[attr-defined]
    opened = [s.opened_at for s in steps if s.outcome not in ("passed_up", "taken_back")]
    return min(opened, default=None)


def test_each_person_s_times(world: World) -> None:
    found = {row.person.pk: row for row in people.of(world.asked()) if row.count}
    visits = {v.step.pk: v for v in world.visits()}
    parts: dict[int, list[WorkItem]] = {}
    for item in WorkItem.objects.filter(step__in=visits, state="done").exclude(person=None).exclude(origin="carried"):
        parts.setdefault(item.person_id, []).append(item)  # type: ignore[arg-type]
    assert set(found) == set(parts)
    for person, items in parts.items():
        whole = [by_hand.worked(visits[i.step_id].step, i.opened_at, i.closed_at) for i in items]
        hand = [by_hand.worked(visits[i.step_id].step, i.claimed_at or i.opened_at, i.closed_at) for i in items]
        row, half = found[person], Fraction(1, 2)
        assert (row.count, row.whole.median, row.whole.longest) == (
            len(items),
            by_hand.nearest(whole, half),
            max(whole),
        )
        assert row.whole.ninth == by_hand.nearest(whole, Fraction(9, 10))
        assert row.hand == by_hand.nearest(hand, half)
        assert row.late == sum(i.due_at is not None and i.closed_at > i.due_at for i in items)


def test_each_figure_leads_to_its_rows(world: World) -> None:
    asked = world.asked()
    for row in times.of(asked).steps:
        assert Visits(asked, {"node": row.node}).all().count() == row.said.count
        assert Visits(asked, {"node": row.node, "late": "1"}).all().count() == row.said.late
    for level in times.of(asked).levels:
        assert Visits(asked, {"level": level.level or "-"}).all().count() == level.said.count
    figure = waiting.of(asked)
    for line in figure.lines:
        for role, wait in line.cells:
            words = {"role": role or "-", "branch": str(line.branch.pk)}
            wait = wait or waiting.Wait()
            assert Visits(asked, words).all().count() == wait.ended
            assert Visits(asked, words | {"open": "1"}).all().count() == wait.open
            assert Visits(asked, words | {"open": "1", "late": "1"}).all().count() == wait.late
    for hand in figure.hands:
        words = {"role": hand.role or "-"} | ({"at": str(hand.unit.pk)} if hand.unit else {})
        assert Visits(asked, words).all().count() == hand.wait.ended


def test_a_row_s_own_times_are_those_of_the_figure(world: World) -> None:
    look = Visits(world.asked(), {})
    rows = look.rows(list(look.ordered()))
    assert rows
    for row in rows:
        visit = by_hand.Visit(row.step, world.at)
        assert row.worked is not None and row.lasted is not None
        assert abs(float(row.worked) - visit.worked / 3.6e9) <= 0.0501
        assert abs(float(row.lasted) - visit.lasted / 3.6e9) <= 0.0501
        assert row.late == visit.late
