"""The list of findings: what a reader may see, narrowed as the address says; as a page and as a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from maintenance_audit.findings.models import AT_WORK, Extension, Finding, Origin, overdue, overdue_days
from maintenance_audit.jobs.models import SettlementHold
from maintenance_audit.register.models import Severity
from workflows.engine import kinds, queue
from workflows.engine.models import Case, Step
from workflows.ledger.clock import now
from workflows.notices import sentences
from workflows.organisation.models import Person, Unit
from workflows.reports.spreadsheet import Column

PAGE = 50
STATES = (
    ("open", pgettext_lazy("finding", "Under way")),
    ("late", gettext_lazy("Overdue")),
    ("asked", gettext_lazy("More time asked for")),
    ("held", gettext_lazy("Holding a settlement")),
    ("closed", gettext_lazy("Rectified and closed")),
    ("withdrawn", pgettext_lazy("finding", "Withdrawn")),
)


@dataclass(frozen=True)
class Row:
    finding: Any  # Finding with `node`, `due_at`, `holding`
    step: str
    overdue: int

    @property
    def by_days(self) -> bool:
        """Is it put right, which counts days of the calendar?"""
        return bool(self.finding.node == AT_WORK)

    @property
    def state(self) -> tuple[str, str]:
        """data-s and words."""
        row = self.finding
        if row.withdrawn_at:
            return "none", pgettext("finding", "Withdrawn")
        if row.closed_at:
            return ("held", _("Closed, settlement held")) if row.holding else ("accepted", _("Rectified and closed"))
        return "late" if self.overdue else "waiting", self.step


class Listing:
    """Conditions that cannot be read are left out."""

    def __init__(self, person: Person, given: QueryDict) -> None:
        self.person, self.given = person, given
        self.state = self._choice("state", dict(STATES))
        self.severity = self._choice("severity", dict(Severity.choices))
        self.origin = self._choice("origin", dict(Origin.choices))
        self.q = given.get("q", "").strip()[:100]
        number = given.get("contractor", "")
        self.contractor = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None
        start = given.get("after", "")
        self.start = int(start) if start.isascii() and start.isdigit() and len(start) < 18 else None

    def _choice(self, name: str, among: dict[Any, Any]) -> str:
        value = self.given.get(name, "")
        return value if value in among else ""

    def found(self) -> QuerySet[Any]:
        """What the conditions leave, newest first."""
        found: QuerySet[Any] = Finding.objects.visible_to(self.person)
        for name in ("severity", "origin", "contractor"):
            if value := getattr(self, name):
                found = found.filter(**{name: value})
        if self.state:
            found = found.filter(CONDITIONS[self.state]())
        if self.q:
            found = found.filter(
                case__in=queue.matching(Case.objects.filter(kind="finding"), self.q, case="").values("pk")
            )
        return found

    def rows(self) -> tuple[list[Row], str]:
        """One page, and the address of the next. Two statements with the cases' visibility."""
        found = self.told()
        if self.start is not None:
            found = found.filter(pk__lt=self.start)
        rows = [row_of(one) for one in found[: PAGE + 1]]
        return rows[:PAGE], self.address(after=str(rows[PAGE - 1].finding.pk)) if len(rows) > PAGE else ""

    def told(self) -> QuerySet[Any]:
        step = Step.objects.filter(case=OuterRef("case"), closed_at=None)
        held = SettlementHold.objects.standing().filter(job=OuterRef("job"), reference=OuterRef("case__number"))
        return (
            self.found()
            .annotate(node=Subquery(step.values("node")[:1]), due_at=Subquery(step.values("due_at")[:1]))
            .annotate(remind_at=Subquery(step.values("remind_at")[:1]), holding=Exists(held))
            .annotate(waits=ExpressionWrapper(_asked(), BooleanField()))
            .select_related("case__unit", "contractor", "job__equipment")
            .order_by("-pk")
        )

    def tallies(self) -> dict[str, int]:
        """How many of each state, under the other conditions."""
        other = Listing(self.person, self.given)
        other.state = ""
        counts = {name: Count("pk", filter=condition()) for name, condition in CONDITIONS.items()}
        return other.found().order_by().aggregate(**counts)

    @cached_property
    def contractors(self) -> list[Unit]:
        firms = Finding.objects.visible_to(self.person).order_by().values("contractor")
        return list(Unit.objects.filter(pk__in=firms).order_by("name"))

    def address(self, **changes: str) -> str:
        query = QueryDict(mutable=True)
        names = ("state", "severity", "origin", "q")
        named = {name: getattr(self, name) for name in names} | {"contractor": str(self.contractor or "")} | changes
        for name, value in named.items():
            if value:
                query[name] = value
        return f"?{query.urlencode()}"

    @property
    def narrowed(self) -> bool:
        return bool(self.state or self.severity or self.origin or self.q or self.contractor)


def _held() -> Q:
    holds = SettlementHold.objects.standing().filter(job=OuterRef("job"), reference=OuterRef("case__number"))
    return Q(Exists(holds))


def _asked() -> Q:
    """And not answered yet, while an answer still changes something."""
    asked = Extension.objects.filter(finding=OuterRef("pk"), round=OuterRef("failed_rechecks"), granted=None)
    return Q(Exists(asked), case__in=Step.objects.filter(node=AT_WORK, closed_at=None).order_by().values("case"))


CONDITIONS: dict[str, Callable[[], Q]] = {
    "open": lambda: Q(closed_at=None, withdrawn_at=None),
    "late": lambda: overdue(timezone.localdate(now())),
    "asked": _asked,
    "held": _held,
    "closed": lambda: Q(closed_at__isnull=False),
    "withdrawn": lambda: Q(withdrawn_at__isnull=False),
}


def row_of(one: Any) -> Row:
    flow = kinds.get("finding").flow.instance
    step = str(flow.node(one.node).task_title) if one.node else ""
    return Row(one, step, overdue_days(one, one.node, timezone.localdate(now())))


# As a spreadsheet. ----------------------------------------------------------------------------------------------------


def columns() -> list[Column]:
    names = (
        (_("Number"), 16), (_("Finding"), 40), (_("Severity"), 10), (_("Where from"), 18), (_("Contractor"), 20),
        (_("Job"), 18), (_("Section"), 16), (pgettext("finding", "Found"), 18), (_("Standing"), 20),
        (_("To be put right by"), 14),
        (_("Days overdue"), 12), (_("Failed re-checks"), 12), (_("Holds the settlement"), 12),
        (pgettext("finding", "Closed"), 18), (_("Withdrawn because"), 40),
    )  # fmt: skip
    return [Column(str(name), width) for name, width in names]


def cells(listing: Listing) -> Iterator[list[Any]]:
    for one in listing.told().iterator(chunk_size=500):
        row = row_of(one)
        yield [
            one.case.number, one.case.title, one.get_severity_display(), one.get_origin_display(), one.contractor.name,
            one.job.number, one.case.unit.name, one.found_at, row.state[1], one.rectify_by, row.overdue or None,
            one.failed_rechecks, _("yes") if one.holding else "", one.closed_at, sentences.read(one.withdrawn_why),
        ]  # fmt: skip


__all__ = ["STATES", "Listing", "cells", "columns"]
