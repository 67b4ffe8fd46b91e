"""What changed a year ago in how jobs are given out: what stands in pairs is one order since, on the first of the two
for both; two tags are new since, one is gone. Without the planner's map that would look like less work."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time
from decimal import Decimal

from django.utils import timezone

from maintenance_audit.jobs import volume_map
from maintenance_audit.jobs.models import Job, JobMapping
from maintenance_audit.jobs.volume_map import Became
from workflows.ledger.clock import injected
from workflows.organisation.models import Person

FIRST_OF = {
    "SSL-104": "SSL-103", "SSL-107": "SSL-106", "SSL-204": "SSL-203", "SSL-302": "SSL-301",
    "ZX-104": "ZX-103", "ZX-107": "ZX-106", "LS-105": "LS-104", "LS-111": "LS-110",
}  # fmt: skip
NEW, GONE = {"ZX-117", "LS-117"}, {"ZX-116"}
SINCE = 11  # months back


def is_given_out(tag: str, back: int) -> bool:
    """Whether that tag has orders of its own so many months ago."""
    return tag not in ((FIRST_OF.keys() | GONE) if back <= SINCE else NEW)


def hours_of(job: Job, hours: Decimal, present: date) -> Decimal:
    """An order for both takes the hours of both."""
    since = months_before(present, SINCE)
    for_both = job.accepted_on is not None and job.accepted_on >= since and job.equipment.tag in FIRST_OF.values()
    return hours * 2 if for_both else hours


def write_down(planner: Person, tags: Collection[str], present: date) -> None:
    """As the planner did then: of two orders of before each is half an order of today, with all of its hours."""
    half, whole = Decimal("0.5"), Decimal(1)
    pairs = [pair for pair in FIRST_OF.items() if {*pair} <= {*tags}]
    rows = [Became(old, first, half, whole) for other, first in pairs for old in (other, first)]
    if rows:
        with injected(timezone.make_aware(datetime.combine(months_before(present, SINCE), time(9)))):
            volume_map.write(actor=planner, by=JobMapping.By.TAG, note="成对设备的委托单并为一单", rows=rows)


def months_before(day: date, count: int) -> date:
    """The first day of the month so many before the day's."""
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)
