"""The same figures once more, in plain loops over plain rows: what the counting statement must agree with."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from maintenance_audit.findings.models import Finding, Reply
from maintenance_audit.inspections.models import Ruling
from maintenance_audit.jobs.models import Job
from maintenance_audit.lots.models import DrawnJob, Lot

Key = tuple[date, int, int, str]  # month, unit, contractor, name


def counted() -> dict[Key, Decimal]:
    found: dict[Key, Decimal] = defaultdict(Decimal)
    for month, unit, firm, name, value, _row in rows():
        found[month, unit, firm, name] += Decimal(value or 0)
    return {key: value for key, value in found.items() if value}


def rows() -> Any:
    """(month, unit, contractor, name, value, the row's primary key), nought and nothing among them."""
    for part in (_jobs, _lots, _checks, _findings):
        yield from part()


def month_of(day: date | datetime) -> date:
    local = timezone.localdate(day) if isinstance(day, datetime) else day
    return local.replace(day=1)


def _jobs() -> Any:
    for job in Job.objects.all():
        if job.accepted_on is None or job.contractor_id is None or job.state == "cancelled":
            continue
        key = (month_of(job.accepted_on), job.section_id, job.contractor_id)
        done = timezone.localdate(job.completed_at) if job.completed_at else None
        again = is_repeat(job)
        yield (*key, "jobs", 1, job.pk)
        yield (*key, "hours", job.hours, job.pk)
        yield (*key, "amount", job.settled_amount, job.pk)
        yield (*key, "uncoded", job.first_failure_code_id is None, job.pk)
        yield (*key, "repeats", again, job.pk)
        yield (*key, "repeat_hours", job.hours if again else 0, job.pk)
        yield (*key, "planned", job.planned_end is not None and done is not None, job.pk)
        yield (*key, "late_jobs", bool(job.planned_end and done and done > job.planned_end), job.pk)
        yield (*key, "refused", job.refusals > 0, job.pk)


_accepted: list[Job] = []


def is_repeat(job: Job) -> bool:
    """Anew from tags, codes and days, not from what was written down."""
    if not _accepted:
        _accepted.extend(Job.objects.filter(accepted_on__isnull=False))
    return job.first_failure_code_id is not None and any(
        other.equipment_id == job.equipment_id
        and other.first_failure_code_id == job.first_failure_code_id
        and (other.accepted_on, other.pk) < (job.accepted_on, job.pk)
        and (job.accepted_on - other.accepted_on).days <= 30  # type: ignore[operator]
        for other in _accepted
    )


def _counts(lot: Lot) -> bool:
    return lot.decided_at is not None and lot.resubmits_id is None


def _lots() -> Any:
    for lot in Lot.objects.all():
        if _counts(lot):
            yield lot.month, lot.workshop_id, lot.contractor_id, "lots", 1, lot.pk
            yield lot.month, lot.workshop_id, lot.contractor_id, "lots_accepted", bool(lot.accepted), lot.pk


def _checks() -> Any:
    rulings: dict[int, list[Ruling]] = defaultdict(list)
    found: dict[int | None, list[Finding]] = defaultdict(list)
    for finding in Finding.objects.all():
        found[finding.claim_id].append(finding)
    for ruling in Ruling.objects.select_related("drawn_job__draw"):
        rulings[ruling.drawn_job.lot_job_id].append(ruling)
    for drawn in DrawnJob.objects.select_related("draw__lot", "lot_job__job"):
        lot, job = drawn.draw.lot, drawn.lot_job.job
        if drawn.draw.tier != 1 or drawn.why not in ("drawn", "all") or not _counts(lot):
            continue
        key = (lot.month, job.section_id, lot.contractor_id)
        yield (*key, "checked", drawn.result != "", drawn.pk)
        yield (*key, "bad_jobs", drawn.result == "nonconforming", drawn.pk)
        highest: dict[int, Ruling] = {}
        for ruling in rulings[drawn.lot_job_id]:
            before = highest.get(ruling.claim_id)
            if before is None or ruling.drawn_job.draw.tier > before.drawn_job.draw.tier:
                highest[ruling.claim_id] = ruling
        for ruling in highest.values():
            said = found[ruling.claim_id]
            verdict = "conforming" if said and all(one.withdrawn_at for one in said) else ruling.verdict
            yield (*key, "claims", verdict != "cannot", ruling.pk)
            yield (*key, "bad_claims", verdict == "nonconforming", ruling.pk)
            yield (*key, "cannot", verdict == "cannot", ruling.pk)


def _findings() -> Any:
    replies: dict[int, list[Reply]] = defaultdict(list)
    for reply in Reply.objects.all():
        replies[reply.finding_id].append(reply)
    for one in Finding.objects.select_related("job"):
        key = (month_of(one.found_at), one.job.section_id, one.contractor_id)
        stands = one.withdrawn_at is None
        closed = timezone.localdate(one.closed_at) if one.closed_at else None
        yield (*key, "found", 1, one.pk)
        yield (*key, one.severity, stands, one.pk)
        yield (*key, "withdrawn", not stands, one.pk)
        yield (*key, "replied", bool(replies[one.pk]), one.pk)
        yield (*key, "upheld", any(reply.upheld for reply in replies[one.pk]), one.pk)
        yield (*key, "closed", stands and closed is not None, one.pk)
        yield (*key, "ordered", one.rectify_by is not None, one.pk)
        yield (*key, "closed_late", bool(stands and closed and one.rectify_by and closed > one.rectify_by), one.pk)
