"""Volumes read for whoever asks: what this person may see, by month of acceptance. One statement a period."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import Count, F, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, TruncMonth

from maintenance_audit.jobs import volume
from maintenance_audit.jobs.models import Job, JobMapping, JobMappingRow, JobState
from maintenance_audit.jobs.volume import Cell, Compared, Volume
from workflows.organisation.models import Person

KEYS = {JobMapping.By.TAG: "equipment__tag", JobMapping.By.WORK_KIND: "work_kind__code"}
NONE = Decimal(0)


def compared(
    person: Person, *, first: date, base: date, count: int, by: str, jobs: QuerySet[Job] | None = None
) -> Compared:
    """So many months from `first` against as many from `base`, in the terms of tags or of kinds of work."""
    seen = Job.objects.visible_to(person) if jobs is None else jobs
    maps = JobMapping.objects.visible_to(person).standing().filter(by=by)
    months = list(zip(volume.months_from(first, count), volume.months_from(base, count), strict=True))
    return volume.compare(cells(seen, first, count, by), cells(seen, base, count, by), became(maps), months)


def cells(jobs: QuerySet[Job], first: date, count: int, by: str) -> list[Cell]:
    """Accepted jobs by month and key: orders, man-hours, and the amount settled, else estimated."""
    last = volume.months_from(first, count + 1)[-1]
    accepted = jobs.filter(accepted_on__gte=first, accepted_on__lt=last).exclude(state=JobState.CANCELLED).order_by()
    key = Coalesce(F(KEYS[JobMapping.By(by)]), Value(""))
    grouped = accepted.annotate(month=TruncMonth("accepted_on"), key=key).values("month", "key")
    paid = Sum(Coalesce("settled_amount", "estimate"))
    return [
        Cell(row["month"], row["key"], Volume(*(Fraction(row[n] or NONE) for n in ("orders", "worked", "paid"))))
        for row in grouped.annotate(orders=Count("pk"), worked=Sum("hours"), paid=paid)
    ]


def became(maps: QuerySet[JobMapping]) -> dict[str, dict[str, volume.Shares]]:
    """What each old tag, or kind of work, became by these maps. One statement."""
    rows = JobMappingRow.objects.filter(mapping__in=maps).order_by("mapping__made_at", "old", "new")
    return volume.became_of(
        (old, new, Fraction(orders), Fraction(share))
        for old, new, orders, share in rows.values_list("old", "new", "orders", "share")
    )
