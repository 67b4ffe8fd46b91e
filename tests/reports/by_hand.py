"""The figures once more, in plain loops over plain rows, with the calendar's own slow sum: what SQL must agree with."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from fractions import Fraction
from math import ceil
from typing import Any

from django.utils import timezone

from workflows.engine import plant_calendar
from workflows.engine.models import Case, Decision, Step, WorkItem

US = 1_000_000
NOT_TAKEN = {"passed_up", "taken_back", "withdrawn"}


def micros(delta: Any) -> int:
    return (delta.days * 86400 + delta.seconds) * US + delta.microseconds


def nearest(values: list[int], share: Fraction) -> int | None:
    """The smallest value that at least this share of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else None


def held(step: Step, until: datetime) -> list[tuple[datetime, datetime]]:
    found: list[tuple[datetime, datetime]] = []
    since = None
    for act in Decision.objects.filter(step=step, verb__in=("hold", "resume")).order_by("pk"):
        if act.verb == "hold":
            since = act.decided_at
        elif since is not None:
            found.append((since, act.decided_at))
            since = None
    return [*found, (since, until)] if since else found


def worked(step: Step, start: datetime, end: datetime) -> int:
    """Working time from `start` to `end` by the calendar of the step's unit, without what of it it stood on hold."""
    calendar = plant_calendar.of(step.unit or step.case.unit)
    total = micros(plant_calendar.working_time(start, end, calendar))
    for a, b in held(step, end):
        a, b = max(a, start), min(b, end)
        if a < b:
            total -= micros(plant_calendar.working_time(a, b, calendar))
    return total


class Visit:
    def __init__(self, step: Step, at: datetime) -> None:
        self.step, self.node, self.outcome = step, step.node, step.outcome
        self.role, self.unit = step.role, step.unit
        self.level = step.unit.kind if step.unit else ""
        self.end = step.closed_at or at
        self.lasted = micros(self.end - step.opened_at)
        self.worked = worked(step, step.opened_at, self.end)
        held_at = step.case.held_at if step.closed_at is None else None
        self.late = step.due_at is not None and (held_at or self.end) > step.due_at
        done = WorkItem.objects.filter(step=step, state="done").exclude(person=None)
        self.people = {item.person_id for item in done}


def visits(cases: list[Case], since: datetime, until: datetime, at: datetime) -> list[Visit]:
    found = []
    for case in cases:
        for step in Step.objects.filter(case=case).select_related("unit", "case"):
            if step.closed_at and since <= step.closed_at < until and step.outcome not in NOT_TAKEN:
                found.append(Visit(step, at))
    return found


def open_visits(cases: list[Case], at: datetime) -> list[Visit]:
    steps = Step.objects.filter(case__in=cases, closed_at=None).select_related("unit", "case")
    return [Visit(step, at) for step in steps]


def said(group: list[Visit]) -> tuple[Any, ...]:
    """Count, late, with a deadline, then median, nine in ten and longest of working and of calendar time."""

    def three(values: list[int]) -> tuple[Any, ...]:
        return nearest(values, Fraction(1, 2)), nearest(values, Fraction(9, 10)), max(values)

    due = [v for v in group if v.step.due_at is not None]
    return (len(group), sum(v.late for v in group), len(due),
            *three([v.worked for v in group]), *three([v.lasted for v in group]))  # fmt: skip


def grouped(found: list[Visit], key: Any) -> dict[Any, list[Visit]]:
    groups: dict[Any, list[Visit]] = defaultdict(list)
    for visit in found:
        groups[key(visit)].append(visit)
    return groups


def funnel(cases: list[Case], told: Any, exits: list[str]) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """How many reached each milestone; and how many stand or ended where, and how."""
    reached: Counter[str] = Counter()
    stands: Counter[tuple[str, str]] = Counter()
    for case in cases:
        been, at = {told[0].name}, told[0].name
        for step in Step.objects.filter(case=case).order_by("place"):
            for milestone in told:
                if step.node in milestone.nodes and step.outcome not in ("passed_up", "taken_back"):
                    been.add(milestone.name)
                    at = milestone.name
        for milestone in told:
            if case.standing in milestone.standings:
                been.add(milestone.name)
                at = milestone.name
        how = case.standing if case.standing in exits else "done" if case.state == "closed" else "here"
        reached.update(been)
        stands[at, how] += 1
    return reached, stands


def month(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m}"
