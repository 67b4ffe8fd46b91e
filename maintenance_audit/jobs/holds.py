"""Holds on settlement: placed and released by lots and findings, set-based, on record, and told."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from maintenance_audit.jobs import withheld
from maintenance_audit.jobs.models import Job, JobPerson, Part, SettlementHold
from workflows.engine.errors import BadMove
from workflows.ledger.bulk import Happening, append_many
from workflows.ledger.clock import now
from workflows.notices.outbox import post
from workflows.organisation.models import Person, Role, RoleHolding

LOT = SettlementHold.Cause.LOT
HELD, RELEASED = "maintenance_audit.settlement.held", "maintenance_audit.settlement.released"
HELD_STILL = "maintenance_audit.settlement.held_still"
LONGEST = 200


def place(
    job_ids: Collection[int], *, cause: str, reference: str, reason: str, by: Person | None = None
) -> list[SettlementHold]:
    """Keep these jobs from being settled; who has the hold already keeps it, and what is settled is passed over.

    `reference`: the number of the case that holds. Returns the holds that are new. The number of statements does not
    grow with the jobs.
    """
    moment = now()
    with transaction.atomic():
        jobs = [job for job in Job.objects.locked(*job_ids) if job.settled_at is None and job.state != "cancelled"]
        there = SettlementHold.objects.standing().filter(job__in=jobs, cause=cause, reference=reference)
        known = set(there.values_list("job_id", flat=True))
        fresh = [job for job in jobs if job.pk not in known]
        made = SettlementHold.objects.bulk_create(
            SettlementHold(
                job=job, cause=cause, reference=reference, reason=reason[:LONGEST], placed_at=moment, placed_by=by
            )
            for job in fresh
        )
        said = {"by": by.employee_no if by else None, "cause": cause, "reason": reason, "reference": reference}
        _swear(HELD, fresh, said)
        _tell(HELD, fresh, reference, reason, of_lot=cause == LOT)
    return made


def release(
    job_ids: Collection[int],
    *,
    why: str,
    by: Person | None = None,
    cause: str | None = None,
    references: Collection[str] = (),
) -> int:
    """Let these jobs go, from every hold or from those of a cause or of some cases. Returns how many holds ended.

    Who prepares the settlement is told that it is free, or that something else holds it still.
    """
    if not why.strip():
        raise BadMove(_("Say why the hold is released."), field="why")
    with transaction.atomic():
        jobs = {job.pk: job for job in Job.objects.locked(*job_ids)}
        holds = SettlementHold.objects.standing().filter(job__in=jobs.keys())
        holds = holds.filter(cause=cause) if cause is not None else holds
        holds = holds.filter(reference__in=references) if references else holds
        ended = list(holds.values_list("job_id", "cause", "reference"))
        holds.update(released_at=now(), released_by=by, released_why=why[:LONGEST])
        actor = by.employee_no if by else None
        append_many(
            Happening(f"job:{job}", RELEASED, {"by": actor, "cause": cause, "reason": why, "reference": reference})
            for job, cause, reference in ended
        )
        touched = dict.fromkeys(job for job, _c, _r in ended)
        kept = dict(SettlementHold.objects.standing().filter(job__in=touched).values_list("job_id", "cause"))
        of_lot = {told for _j, told, _r in ended} == {LOT}
        reference = ", ".join(references)
        _tell(RELEASED, [jobs[pk] for pk in touched if pk not in kept], reference, why, of_lot=of_lot)
        held_still = [jobs[pk] for pk in touched if pk in kept]
        _tell(HELD_STILL, held_still, reference, why, of_lot=of_lot and set(kept.values()) == {LOT})
    return len(ended)


def _swear(event: str, jobs: Iterable[Job], payload: dict[str, str | None]) -> None:
    append_many(Happening(f"job:{job.pk}", event, payload) for job in jobs)


def _tell(event: str, jobs: list[Job], reference: str, reason: str, *, of_lot: bool) -> None:
    """Whoever prepares the settlement: of one job by its number, of many in one word. A lot holds all of its jobs; what
    else holds one tells what was found in it, and not to whoever may still check it anew."""
    if not jobs:
        return
    first = jobs[0]
    parts = JobPerson.objects.filter(job__in=jobs, part__in=(Part.SETTLER, Part.DISPATCHER))
    units = {unit for job in jobs for unit in (job.section_id, job.workshop_id)}
    planners = RoleHolding.objects.in_force().filter(role=Role.MAINTENANCE_PLANNER, unit__in=units)
    people = {*parts.values_list("person_id", flat=True), *planners.values_list("person_id", flat=True)}
    many = len(jobs) > 1
    if not of_lot:
        people = set.intersection(*(withheld.may_hear(job, people) for job in jobs))
    post(
        event=f"{event}.many" if many else event,
        key=f"{event}:{reference}:{first.pk}:{now():%Y%m%d%H%M%S%f}",
        recipients=people,
        subject=f"job:{first.pk}",
        context={"number": first.number, "count": len(jobs), "reference": reference, "reason": reason},
        url=f"{reverse('job_list')}?held=1" if many else reverse("job", args=[first.number]),
    )
