"""Returns and their reasons: from which step to which, and how often of how many."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from workflows.engine.models import Decision
from workflows.engine.models.step import Outcome
from workflows.reports.process import milestones, selections
from workflows.reports.process.asked import Asked
from workflows.reports.process.figures import share

JUDGED = (Outcome.APPROVED, Outcome.REJECTED, Outcome.RETURNED)


@dataclass(frozen=True)
class Way:
    """From a step to another: how often, and how often it was to come straight back."""

    kind: str
    node: str
    to: str
    count: int
    resumes: int

    @property
    def title(self) -> str:
        return milestones.step_title(self.kind, self.node)

    @property
    def to_title(self) -> str:
        return milestones.step_title(self.kind, self.to)


@dataclass(frozen=True)
class Returner:
    """A step: how many of the visits that ended with a judgement ended with a return."""

    kind: str
    node: str
    returned: int
    judged: int

    @property
    def title(self) -> str:
        return milestones.step_title(self.kind, self.node)

    @property
    def share(self) -> Decimal | None:
        return share(self.returned, self.judged)


@dataclass(frozen=True)
class ReturnsFigure:
    ways: list[Way]
    returners: list[Returner]
    total: int


def of(asked: Asked) -> ReturnsFigure:
    """Two statements besides those of the question."""
    ways = _ways(asked)
    return ReturnsFigure(ways, _returners(asked), sum(way.count for way in ways))


def _ways(asked: Asked) -> list[Way]:
    rows = towards(selections.returns(asked)).order_by().values("case__kind", "step__node", "to")
    rows = rows.annotate(n=Count("pk"), back=Count("pk", filter=Q(data__then="resume")))
    ways = [Way(r["case__kind"], r["step__node"], r["to"] or "", r["n"], r["back"]) for r in rows]
    return sorted(ways, key=lambda way: (-way.count, way.kind, way.node, way.to))


def towards(returns: QuerySet[Decision]) -> QuerySet[Any]:
    """Each return with the node that it went to."""
    return returns.annotate(to=KeyTextTransform("to", "data"))


def _returners(asked: Asked) -> list[Returner]:
    """Steps that only work, and so cannot return, are no part of it."""
    rows = selections.visits(asked).filter(outcome__in=JUDGED).order_by().values("case__kind", "node")
    rows = rows.annotate(judged=Count("pk"), returned=Count("pk", filter=Q(outcome=Outcome.RETURNED)))
    found = [Returner(r["case__kind"], r["node"], r["returned"], r["judged"]) for r in rows]
    return sorted(found, key=lambda r: (-r.returned, -(r.share or 0), r.kind, r.node))
