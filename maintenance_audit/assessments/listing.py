"""The list of monthly checks: what was published, and what is under way as far as one sees it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import QueryDict
from django.utils.translation import gettext as _

from maintenance_audit.assessments.models import Assessment
from workflows.engine import kinds
from workflows.engine.models import Step
from workflows.organisation.models import Person, UnitKind
from workflows.reports.spreadsheet import Column

PAGE = 60
KINDS = (UnitKind.SECTION, UnitKind.CONTRACTOR)


class Listing:
    """By month, sections first. Conditions that cannot be read are left out."""

    def __init__(self, person: Person, given: QueryDict) -> None:
        self.person, self.given = person, given
        self.kind = given.get("kind", "") if given.get("kind") in KINDS else ""
        self.month = _month(given.get("month", ""))

    def months(self) -> list[date]:
        """Those that there is something of, newest first."""
        found = Assessment.objects.told_to(self.person).order_by("-month").values_list("month", flat=True).distinct()
        return list(found[:36])

    def found(self) -> QuerySet[Any]:
        found: QuerySet[Any] = Assessment.objects.told_to(self.person)
        found = found.filter(month=self.month) if self.month else found
        found = found.filter(unit__kind=self.kind) if self.kind else found
        step = Step.objects.filter(case=OuterRef("case"), closed_at=None)
        left = Count("shortfalls", filter=Q(shortfalls__verified_at=None, shortfalls__finding=None), distinct=True)
        found = found.annotate(
            node=Subquery(step.values("node")[:1]), due_at=Subquery(step.values("due_at")[:1]), left=left
        )
        return found.select_related("case", "unit").order_by("-month", "-unit__kind", "unit__path")

    def rows(self) -> list[dict[str, Any]]:
        seen = set(
            Assessment.objects.visible_to(self.person)
            .filter(pk__in=self.found().order_by().values("pk"))
            .values_list("pk", flat=True)
        )
        return [
            {"row": row, "step": _title(row.node), "by_days": row.node == "rectification", "open": row.pk in seen}
            for row in self.found()[:PAGE]
        ]

    def address(self, **changes: str) -> str:
        query = QueryDict(mutable=True)
        named = {"month": f"{self.month:%Y-%m}" if self.month else "", "kind": self.kind} | changes
        for name, value in named.items():
            if value:
                query[name] = value
        return f"?{query.urlencode()}"


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def _title(node: str | None) -> str:
    return str(kinds.get("assessment").flow.instance.node(node).task_title) if node else ""


def columns() -> list[Column]:
    names = ((_("Month"), 10), (_("Number"), 16), (_("Who is assessed"), 22), (_("Score"), 8), (_("Of points"), 8),
             (_("Per cent"), 8), (_("Grade"), 12), (_("What it means"), 30), (_("Problems left"), 10),
             (_("Standing"), 20))  # fmt: skip
    return [Column(str(name), width) for name, width in names]


def cells(listing: Listing) -> Iterator[list[Any]]:
    for row in listing.found().iterator(chunk_size=500):
        told = row.published_at is not None
        yield [
            f"{row.month:%Y-%m}", row.case.number, row.unit.name, row.score if told else None,
            row.full if told else None,
            row.percent if told else None, row.grade, row.effect, row.left or None,
            _title(row.node) or _("Assessed and put right"),
        ]  # fmt: skip
