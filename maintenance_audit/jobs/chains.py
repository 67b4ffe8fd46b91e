"""Who may read a job's chain in the ledger, and what it is called."""

from __future__ import annotations

from django.urls import reverse

from maintenance_audit.jobs import withheld
from maintenance_audit.jobs.models import Job
from workflows.engine import outside
from workflows.engine.chains import case_id_of
from workflows.ledger.models import Entry
from workflows.ledger.subjects import About, register_subject, unless_sealed
from workflows.organisation.models import Person

TOLD_OUTSIDE = {
    "job.dispatched", "job.started", "job.hidden_work_shown", "job.completed", "job.accepted",
    "job.acceptance_refused", "job.settled", "job.settlement_corrected", "job.warranty_over", "job.cancelled",
    "settlement.held", "settlement.released",
}  # fmt: skip


def register() -> None:
    register_subject("job", may_read, may_open=may_open, about=about)


def may_read(person: Person, subject: str) -> bool:
    """Not while what was found in the job is withheld: the mere kinds of entries would tell that two forms differed,
    or that something holds the settlement."""
    job = Job.objects.visible_to(person).filter(pk=case_id_of(subject)).first()
    return job is not None and not withheld.is_withheld(job, person)


def may_open(person: Person, entry: Entry) -> bool:
    """A contractor's people read what was agreed with them, turned back to them or held; the rest is the plant's."""
    if outside.is_outside(person) and entry.event.removeprefix("maintenance_audit.") not in TOLD_OUTSIDE:
        return False
    return unless_sealed(person, entry)


def about(subject: str) -> About:
    job = Job.objects.filter(pk=case_id_of(subject)).first()
    return About(str(job), reverse("job", args=[job.number])) if job else About(subject)
