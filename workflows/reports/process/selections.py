"""Which rows a figure is about. The same querysets answer the figure and the list of rows behind it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from workflows.engine.models import Case, Decision, Step
from workflows.engine.models.step import Outcome
from workflows.reports.process.asked import Asked

# Visits in which nobody took the time: passed on by rule, undone, or ended from outside.
NOT_TAKEN = (Outcome.PASSED_UP, Outcome.TAKEN_BACK, Outcome.WITHDRAWN)
# Visits that never were: a funnel does not count them as having got there.
NOT_BEEN = (Outcome.PASSED_UP, Outcome.TAKEN_BACK)


def cases(asked: Asked) -> QuerySet[Case]:
    """Cases of the question that the person may see, whenever filed; imported history was never decided here."""
    found = Case.objects.visible_to(asked.person).filter(imported=False)
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.unit:
        found = found.filter(unit__path__startswith=asked.unit.path)
    return found


def filed(asked: Asked) -> QuerySet[Case]:
    return cases(asked).filter(filed_at__gte=asked.start, filed_at__lt=asked.end)


def visits(asked: Asked) -> QuerySet[Step]:
    """Visits to a step that somebody ended within the period."""
    return _ended(Step.objects.filter(case__in=cases(asked).order_by().values("pk")), asked)


def visits_below(asked: Asked) -> QuerySet[Step]:
    """The same for whoever oversees the unit asked about, without a condition for each reader: they see every case in
    it but reserved ones and what is withheld from them."""
    there = Case.objects.open_to_view(asked.person)
    found = there.filter(imported=False, kind=asked.kind, unit__path__startswith=asked.unit.path)  # type: ignore[union-attr]
    found = found.filter(moved_at__gte=asked.start)  # what ends a visit moves its case: spares the years before
    return _ended(Step.objects.filter(case__in=found.order_by().values("pk")), asked)


def _ended(found: QuerySet[Step], asked: Asked) -> QuerySet[Step]:
    return found.filter(closed_at__gte=asked.start, closed_at__lt=asked.end).exclude(outcome__in=NOT_TAKEN)


def waiting(asked: Asked) -> QuerySet[Step]:
    """Visits that are open now, whatever the period."""
    return Step.objects.filter(case__in=cases(asked).order_by().values("pk"), closed_at=None)


def both(asked: Asked) -> QuerySet[Step]:
    """Ended within the period, or open now."""
    found = Step.objects.filter(case__in=cases(asked).order_by().values("pk")).exclude(outcome__in=NOT_TAKEN)
    return found.filter(Q(closed_at=None) | Q(closed_at__gte=asked.start, closed_at__lt=asked.end))


def returns(asked: Asked) -> QuerySet[Decision]:
    """Returns within the period, latest first. Who may read the case may read why."""
    found = Decision.objects.filter(case__in=cases(asked).order_by().values("pk"), verb="return")
    found = found.filter(decided_at__gte=asked.start, decided_at__lt=asked.end, step__isnull=False)
    return found.order_by("-decided_at", "-pk")
