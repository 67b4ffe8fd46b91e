"""Who may read the chain of a problem in the register."""

from __future__ import annotations

from django.urls import reverse

from maintenance_audit.assessments.models import ProcessProblem
from workflows.ledger.subjects import About, register_subject
from workflows.organisation.models import Person


def _key(subject: str) -> int:
    number = subject.partition(":")[2]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0


def may_read(person: Person, subject: str) -> bool:
    return ProcessProblem.objects.visible_to(person).filter(pk=_key(subject)).exists()


def about(subject: str) -> About:
    found = ProcessProblem.objects.filter(pk=_key(subject)).first()
    return About(str(found), reverse("process_problem", args=[found.pk])) if found else About(subject)


def register() -> None:
    register_subject("process_problem", may_read, about=about)
