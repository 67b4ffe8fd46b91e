"""Who may read a job's chain in the ledger, and what it is called."""

from __future__ import annotations

from django.urls import reverse

from maintenance_audit.jobs.models import Job
from workflows.engine.chains import case_id_of
from workflows.ledger.subjects import About, register_subject
from workflows.organisation.models import Person


def register() -> None:
    register_subject("job", may_read, about=about)


def may_read(person: Person, subject: str) -> bool:
    return Job.objects.visible_to(person).filter(pk=case_id_of(subject)).exists()


def about(subject: str) -> About:
    job = Job.objects.filter(pk=case_id_of(subject)).first()
    return About(str(job), reverse("job", args=[job.number])) if job else About(subject)
