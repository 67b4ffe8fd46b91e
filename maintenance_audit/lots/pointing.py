"""Pointing at a job 群众点题 without a name: it is always checked. Who did lies in a sealed entry that nobody reads.

No person, no moment but the day, no line in the log; that the job was pointed at is shown only after its records are
sealed, and the pointer follows it by a receipt code.
"""

from __future__ import annotations

import hashlib

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maintenance_audit.jobs.models import Job, JobState
from maintenance_audit.lots.models import Draw, LotJob, Pointing
from workflows.engine import receipts
from workflows.engine.errors import BadMove
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.organisation.models import Person

LONGEST = 2000
TOO_LATE = (JobState.SETTLED, JobState.WARRANTY_OVER, JobState.CANCELLED)


def why_not(job: Job) -> str:
    """Why this job is pointed at no more, or nothing."""
    if job.state in TOO_LATE:
        return _("It is settled or cancelled: no check of it follows any more.")
    if LotJob.objects.filter(job=job, lot__decided_at__isnull=False, withdrawn_at=None).exists():
        return _("The check of its lot is over.")
    return ""


def point(*, actor: Person, job: Job, words: str, code: str) -> Pointing:
    """Keep the words without the person; the same code again returns the first. Raises BadMove."""
    said = words.strip()
    earlier = Pointing.objects.filter(receipt=receipts.digest(code)).first()
    if earlier is not None:
        return earlier
    if not said:
        raise BadMove(_("Say what looks wrong to you."), field="words")
    if len(said) > LONGEST:
        raise BadMove(_("At most %(n)s characters.") % {"n": LONGEST}, field="words")
    if refused := why_not(job):
        raise BadMove(refused)
    try:
        with transaction.atomic():
            return _point(actor, job, said, code)
    except IntegrityError:  # the other of a double click was faster
        return Pointing.objects.get(receipt=receipts.digest(code))


def _point(actor: Person, job: Job, words: str, code: str) -> Pointing:
    made = Pointing.objects.create(
        job=job, words=words, receipt=receipts.digest(code), received_on=timezone.localdate(now())
    )
    payload = {
        "actor": actor.employee_no, "job": job.number, "words": hashlib.sha256(words.encode()).hexdigest(),
    }  # fmt: skip
    append(subject=f"pointing:{made.key}", event="maintenance_audit.job.pointed_at", payload=payload, sealed=True)
    return made


def salt_of(job: Job) -> str:
    return f"pointing:{job.pk}"


def standing_of(pointing: Pointing) -> str:
    """Where it stands, for whoever has the code: received, checking, conforming, nonconforming."""
    if pointing.answer:
        return pointing.answer
    sealed = Draw.objects.filter(lot=pointing.taken_into, tier=1, sealed_at__isnull=False)
    return "checking" if pointing.taken_into_id and sealed.exists() else "received"
