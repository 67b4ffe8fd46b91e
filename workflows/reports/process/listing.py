"""The rows behind a figure: visits, cases and returns, by the same selections as the figure itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from workflows.engine.models import Case, Decision, Step, WorkItem
from workflows.ledger.clock import now
from workflows.organisation.models import Role, UnitKind
from workflows.reports.months import month_of
from workflows.reports.process import funnel, milestones, returns, selections
from workflows.reports.process.asked import Asked
from workflows.reports.process.figures import hours
from workflows.reports.process.milestones import FILED
from workflows.reports.process.months import following
from workflows.reports.process.privacy import Hands, Insight
from workflows.reports.process.worktime import MICROSECOND

NONE = "-"  # in an address: without role, without level
BLANK = {NONE: ""}


@dataclass(frozen=True)
class VisitRow:
    """One visit; its times are left out where they would name somebody's speed."""

    step: Step
    title: str
    late: bool
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    worked: Decimal | None = None
    lasted: Decimal | None = None


class Visits:
    """Which visits the address asks for, in words that the figures' links use."""

    def __init__(self, asked: Asked, given: Mapping[str, str]) -> None:
        self.asked = asked
        self.open, self.late = given.get("open", "") == "1", given.get("late", "") == "1"
        self.node = _among(given.get("node", ""), {node for _kind, node in milestones.story_order()})
        self.level = _among(given.get("level", ""), {NONE, *UnitKind.values})
        self.role = _among(given.get("role", ""), {NONE, *Role.values})
        self.at, self.branch = _number(given.get("at", "")), _number(given.get("branch", ""))
        self.month = month_of(given.get("month", ""))

    @property
    def words(self) -> dict[str, Any]:
        """The address's words for these rows."""
        said = {"node": self.node, "level": self.level, "role": self.role, "at": self.at, "branch": self.branch,
                "month": self.month.strftime("%Y-%m") if self.month else "", "open": "1" if self.open else "",
                "late": "1" if self.late else ""}  # fmt: skip
        return {name: value for name, value in said.items() if value}

    def all(self) -> QuerySet[Step]:
        """Latest first; what waits, longest first."""
        found = selections.waiting(self.asked) if self.open else selections.visits(self.asked)
        if self.month:
            found = found.filter(closed_at__gte=_start(self.month), closed_at__lt=_start(following(self.month)))
        found = self._placed(found)
        return found.filter(is_late()) if self.late else found

    def _placed(self, found: QuerySet[Step]) -> QuerySet[Step]:
        if self.node:
            found = found.filter(node=self.node)
        if self.level:
            found = found.filter(unit=None) if self.level == NONE else found.filter(unit__kind=self.level)
        if self.role:
            found = found.filter(role=BLANK.get(self.role, self.role))
        if self.at:
            found = found.filter(unit=self.at)
        return found.filter(case__unit__in=self._units()) if self.branch else found

    def _units(self) -> list[int]:
        """The units of the branch, cut as the matrix cuts them."""
        asked = self.asked
        units = selections.cases(asked).order_by().values_list("unit_id", flat=True).distinct()
        branches = asked.places.branches(set(units), asked.unit.path if asked.unit else None)
        return [unit for unit, branch in branches.items() if branch == self.branch]

    def ordered(self) -> QuerySet[Step]:
        found = self.all().select_related("case__unit", "unit")
        return found.order_by("opened_at", "pk") if self.open else found.order_by("-closed_at", "-pk")

    def shows_times(self) -> bool:
        """What waits says what is to be done. What is done says how fast, if few have done it. Two statements."""
        if self.open:
            return True
        done = WorkItem.objects.filter(step__in=self.all().order_by().values("pk"), state="done", person__isnull=False)
        people = done.aggregate(n=Count("person", distinct=True), first=Min("person"), last=Max("person"))
        return Insight.of(self.asked.person).shows(Hands(people["n"], people["first"], people["last"]))

    def rows(self, steps: list[Step]) -> list[VisitRow]:
        """These visits as shown."""
        shown, tables, moment = self.shows_times(), self.asked.tables, now()
        held = _held(steps, moment)
        found = []
        for step in steps:
            title = milestones.step_title(step.case.kind, step.node)
            late = was_late(step, moment)
            if not shown:
                found.append(VisitRow(step, title, late))
                continue
            table, end = tables.for_step(step), step.closed_at or moment
            worked = table.between(step.opened_at, end) - sum(table.between(a, b) for a, b in held.get(step.pk, []))
            lasted = (end - step.opened_at) // MICROSECOND
            found.append(VisitRow(step, title, late, step.opened_at, step.closed_at, hours(worked), hours(lasted)))
        return found


def is_late() -> Q:
    """Ended after its deadline, or open and past it; while on hold the clock stands."""
    still = Q(closed_at=None, case__held_at=None, due_at__lt=now())
    return still | Q(closed_at__gt=F("due_at")) | Q(closed_at=None, case__held_at__gt=F("due_at"))


def was_late(step: Step, moment: datetime) -> bool:
    return step.due_at is not None and (step.closed_at or step.case.held_at or moment) > step.due_at


def _held(steps: list[Step], moment: datetime) -> dict[int, list[tuple[datetime, datetime]]]:
    """When each of these stood on hold. One statement."""
    closed = {step.pk: step.closed_at or moment for step in steps}
    acts = Decision.objects.filter(step__in=closed, verb__in=("hold", "resume")).order_by("pk")
    found: dict[int, list[tuple[datetime, datetime]]] = {}
    for step, verb, at in acts.values_list("step_id", "verb", "decided_at"):
        assert step is not None
        if verb == "hold":
            found.setdefault(step, []).append((at, closed[step]))
        elif step in found:
            found[step][-1] = (found[step][-1][0], at)
    return found


class Cases:
    """Which cases the address asks for: a stage of the funnel, or a month's."""

    def __init__(self, asked: Asked, given: Mapping[str, str]) -> None:
        self.asked = asked.of_one_kind()
        self.told, self.exits = milestones.of(self.asked.described), milestones.exits(self.asked.described)
        self.stage = _among(given.get("stage", ""), {m.name for m in self.told})
        self.end = _among(given.get("end", ""), {funnel.HERE, funnel.DONE, *self.exits})
        self.month = month_of(given.get("month", ""))

    @property
    def words(self) -> dict[str, Any]:
        month = self.month.strftime("%Y-%m") if self.month else ""
        said = {"stage": self.stage, "end": self.end, "month": month}
        return {name: value for name, value in said.items() if value}

    def all(self) -> QuerySet[Case]:
        found = self._in_month() if self.month else self._at_stage()
        return found.select_related("unit", "author").order_by("-filed_at", "-pk")

    def _at_stage(self) -> QuerySet[Case]:
        if not self.stage:
            return selections.filed(self.asked)
        return Case.objects.filter(pk__in=funnel.case_ids(self.asked, self.stage, self.end))

    def _in_month(self) -> QuerySet[Case]:
        """Filed in it, closed in it (in this standing), or first at the milestone in it."""
        assert self.month is not None
        found, since, until = selections.cases(self.asked), _start(self.month), _start(following(self.month))
        milestone = next((m for m in self.told if m.name == self.stage), None)
        if milestone is not None and milestone.name == FILED:
            return found.filter(filed_at__gte=since, filed_at__lt=until)
        if milestone is not None and milestone.nodes:
            been = Step.objects.filter(case=OuterRef("pk"), node__in=milestone.nodes)
            been = been.exclude(outcome__in=selections.NOT_BEEN)
            earlier = been.filter(opened_at__lt=since)
            return found.filter(Exists(been.filter(opened_at__gte=since, opened_at__lt=until)) & ~Exists(earlier))
        found = found.filter(closed_at__gte=since, closed_at__lt=until)
        if milestone is not None:
            return found.filter(standing__in=milestone.standings)
        return found.filter(standing=self.end) if self.end in self.exits else found


class Returned:
    """Which returns the address asks for."""

    def __init__(self, asked: Asked, given: Mapping[str, str]) -> None:
        self.asked = asked
        nodes = {node for _kind, node in milestones.story_order()}
        self.node, self.to = _among(given.get("node", ""), nodes), _among(given.get("to", ""), nodes)

    @property
    def words(self) -> dict[str, Any]:
        return {name: value for name, value in {"node": self.node, "to": self.to}.items() if value}

    def all(self) -> QuerySet[Any]:
        found = returns.towards(selections.returns(self.asked)).select_related("case__unit", "step", "actor")
        if self.node:
            found = found.filter(step__node=self.node)
        return found.filter(to=self.to) if self.to else found


def _start(first: date) -> datetime:
    return timezone.make_aware(datetime(first.year, first.month, 1))  # noqa: DTZ001


def _among(text: str, allowed: set[str]) -> str:
    return text if text in allowed else ""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
