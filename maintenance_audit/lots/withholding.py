"""Bottom-up 自下而上: who checks a job anew for an upper tier knows nothing of what came up from below until their own
record is sealed."""

from __future__ import annotations

import json
from datetime import date, timedelta

from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from maintenance_audit.jobs import withheld
from maintenance_audit.jobs.models import Job
from maintenance_audit.lots.models import Assignment, Draw, EligibleInspector, LotJob
from workflows.ledger.models import Entry
from workflows.ledger.subjects import withhold
from workflows.organisation.models import Person, Role, Unit
from workflows.organisation.roles import held_by

# What tells, in a job's chain or a lot's, what came up from below.
TELLING = (
    "claim.ruled", "records.compared", "result.concluded", "result.revised", "settlement.held", "settlement.released",
)  # fmt: skip


def register() -> None:
    withheld.register(is_withheld)
    for event in TELLING:
        withhold(f"maintenance_audit.{event}", unless=may_know)


def inspects(person: Person) -> bool:
    """Nobody but inspectors pays for the question."""
    return any(held.role == Role.INSPECTOR for held in held_by(person))


def jobs_withheld_from(person: Person) -> QuerySet[Job]:
    """Jobs that this person checks for an upper tier and has not sealed yet, or may still be drawn for: without those
    that they have checked themselves, which nobody gives them a second time. A subquery of keys."""
    mine = Assignment.objects.filter(person=person, ended_at=None)
    upper = mine.filter(sealed_at=None, drawn_job__draw__tier__gt=1)
    done = mine.filter(sealed_at__isnull=False)
    may_come = LotJob.objects.filter(lot__in=_eligible(person).order_by().values("lot")).exclude(
        pk__in=done.order_by().values("drawn_job__lot_job")
    )
    return Job.objects.filter(
        Q(pk__in=upper.order_by().values("drawn_job__lot_job__job")) | Q(pk__in=may_come.order_by().values("job"))
    ).values("pk")  # type: ignore[return-value]


def _eligible(person: Person) -> QuerySet[EligibleInspector]:
    """For which upper tiers the person may still be drawn."""
    sealed = Draw.objects.filter(lot=OuterRef("lot"), tier=OuterRef("tier"), sealed_at__isnull=False)
    found = EligibleInspector.objects.filter(~Exists(sealed), person=person, tier__gt=1, lot__decided_at=None)
    leads = [held.path for held in held_by(person) if held.role == Role.AUDIT_LEAD]  # whom no upper tier draws
    return found.exclude(lot__workshop__in=Unit.objects.under(*leads)) if leads else found


def told_until(person: Person) -> date | None:
    """Sums of a contractor and a month tell as much as the findings themselves: whoever may still be drawn reads those
    up to the month before the first such lot was frozen. One statement, for inspectors alone."""
    if not inspects(person):
        return None
    frozen = _eligible(person).aggregate(first=Min("lot__frozen_at"))["first"]
    return (timezone.localdate(frozen).replace(day=1) - timedelta(days=1)).replace(day=1) if frozen else None


def is_withheld(job: Job, person: Person) -> bool:
    return inspects(person) and jobs_withheld_from(person).filter(pk=job.pk).exists()


def may_know(person: Person, entry: Entry) -> bool:
    if not inspects(person):
        return True
    of, _colon, key = entry.chain.subject.partition(":")
    told = {"pk": key} if of == "job" else {"number": json.loads(entry.payload.body or "{}").get("job")}
    return not Job.objects.filter(pk__in=jobs_withheld_from(person), **told).exists()
