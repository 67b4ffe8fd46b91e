"""Repeat repairs 重复检修: the same tag and the same failure again within so many days of acceptance.

Counted by the code that stood at acceptance (`first_failure_code`): changing it later unlinks nothing. A job that had
no code never counts, and how many had none is said beside the figure.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, DateField, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.expressions import CombinedExpression, Value

from maintenance_audit.jobs.models import Job

DAYS = 30


@dataclass(frozen=True)
class Repeats:
    """By orders and by hours, both of all accepted jobs that were asked about."""

    orders: int
    of_orders: int
    hours: Decimal
    of_hours: Decimal
    without_code: int

    @property
    def share(self) -> Decimal | None:
        return Decimal(self.orders) / self.of_orders if self.of_orders else None

    @property
    def share_of_hours(self) -> Decimal | None:
        return self.hours / self.of_hours if self.of_hours else None


def earlier(days: int = DAYS) -> QuerySet[Job]:
    """Within a query over jobs: those that the outer one repeats, the latest first."""
    here, there = OuterRef("accepted_on"), OuterRef("pk")
    since = CombinedExpression(here, "-", Value(days), output_field=DateField())
    return Job.objects.filter(
        Q(accepted_on__lt=here) | Q(accepted_on=here, pk__lt=there),
        equipment=OuterRef("equipment"),
        first_failure_code=OuterRef("first_failure_code"),
        accepted_on__gte=since,
    ).order_by("-accepted_on", "-pk")


def told_apart(jobs: QuerySet[Job], days: int = DAYS) -> QuerySet[Job]:
    """These jobs, each with `is_repeat`; what they are measured by need not be among them."""
    return jobs.annotate(is_repeat=Exists(earlier(days)))


# Over `told_apart(…)`, grouped or not: what `Repeats` is made of.
FIGURES: dict[str, Any] = {
    "orders": Count("pk", filter=Q(is_repeat=True)),
    "of_orders": Count("pk"),
    "hours_again": Sum("hours", filter=Q(is_repeat=True)),
    "of_hours": Sum("hours"),
    "without_code": Count("pk", filter=Q(first_failure_code=None)),
}


def repeats_in(jobs: QuerySet[Job], days: int = DAYS) -> Repeats:
    """Figures over the accepted ones of these jobs. One statement."""
    accepted = jobs.filter(accepted_on__isnull=False).order_by()
    found = told_apart(accepted, days).aggregate(**FIGURES)
    return figures(found)


def figures(row: dict[str, Any]) -> Repeats:
    none = Decimal(0)
    return Repeats(
        row["orders"], row["of_orders"], row["hours_again"] or none, row["of_hours"] or none, row["without_code"]
    )


def find(job: Job, days: int = DAYS) -> Job | None:
    """The job that this accepted one repeats: the latest of its tag and failure within the days."""
    if job.first_failure_code_id is None or job.accepted_on is None:
        return None
    before = Q(accepted_on__lt=job.accepted_on) | Q(accepted_on=job.accepted_on, pk__lt=job.pk)
    same = Job.objects.filter(equipment=job.equipment_id, first_failure_code=job.first_failure_code_id)
    window = same.filter(before, accepted_on__gte=job.accepted_on - timedelta(days=days)).exclude(pk=job.pk)
    return window.order_by("-accepted_on", "-pk").first()


LINK = """
UPDATE jobs_job j SET repeats_id = ranked.before
FROM (
    SELECT o.id, o.accepted_on - lag(o.accepted_on) OVER w AS days, lag(o.id) OVER w AS before
    FROM jobs_job o
    WHERE o.accepted_on IS NOT NULL AND (o.equipment_id, o.first_failure_code_id) IN (
        SELECT equipment_id, first_failure_code_id FROM jobs_job WHERE id = ANY(%s)
    )
    WINDOW w AS (PARTITION BY o.equipment_id, o.first_failure_code_id ORDER BY o.accepted_on, o.id)
) ranked
WHERE j.id = ranked.id AND ranked.days <= %s AND j.repeats_id IS DISTINCT FROM ranked.before
"""


def link(job_ids: Collection[int], days: int = DAYS) -> int:
    """Write down what these jobs repeat, and what by them is repeated. One statement; nothing is unlinked.

    Returns how many links were written.
    """
    with connection.cursor() as cursor:
        cursor.execute(LINK, [list(job_ids), days])
        return int(cursor.rowcount)
