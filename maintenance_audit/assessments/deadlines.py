"""The days by which what a check found is put right, and by which a measure of the register works: told the day before
and once they are over, once each, right after days without a beat."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from maintenance_audit.assessments import news
from maintenance_audit.assessments.models import ProcessProblem, Shortfall
from workflows.ledger.clock import now

BEFORE = timedelta(days=1)
LATELY = timedelta(days=14)  # what is over for longer was told, or came in as history


@transaction.atomic
def turn() -> int:
    """By beat; safe twice. Returns how many days were looked at, told before or not."""
    today = timezone.localdate(now())
    found = list(shortfalls(today))
    for row in found:
        news.due(row, late=row.due < today)
    measures = list(problems(today))
    for problem in measures:
        news.measure_due(problem, late=problem.due < today)  # type: ignore[operator]
    return len(found) + len(measures)


def shortfalls(today: date) -> QuerySet[Shortfall]:
    """Published, not reported as put right, and no finding, which climbs by itself."""
    waiting = Shortfall.objects.filter(done_at=None, verified_at=None, finding=None)
    return waiting.filter(due__range=(today - LATELY, today + BEFORE)).select_related(
        "assessment__case", "assessment__unit"
    )


def problems(today: date) -> QuerySet[ProcessProblem]:
    under_way = ProcessProblem.objects.filter(status=ProcessProblem.Status.MEASURED)
    return under_way.filter(due__range=(today - LATELY, today + BEFORE)).select_related("workshop")
