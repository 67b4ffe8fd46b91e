"""Whoever is to check a job anew must not know what was found in it before: until their record is sealed, its findings
are not there for them."""

from __future__ import annotations

from django.db.models import Q

from maintenance_audit.findings.models import Finding
from maintenance_audit.lots.models import Assignment
from workflows.engine import withholding
from workflows.organisation.models import Person, Role
from workflows.organisation.roles import holds


def from_inspectors(person: Person) -> Q | None:
    if not holds(person, Role.INSPECTOR):
        return None
    to_check = Assignment.objects.filter(person=person, sealed_at=None, ended_at=None)
    jobs = to_check.values("drawn_job__lot_job__job")
    return Q(pk__in=Finding.objects.filter(job__in=jobs).values("case"))


def register() -> None:
    withholding.register(from_inspectors)
