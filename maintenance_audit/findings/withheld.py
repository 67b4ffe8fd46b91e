"""Whoever is to check a job anew, or may still be drawn for it, must not know what was found in it before: until then
its findings are not there for them, and nobody tells them. A re-check is for its pool all the same, once it is due."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import StrIndex

from maintenance_audit.findings.models import Finding, Rectification
from maintenance_audit.lots.models import Assignment
from maintenance_audit.lots.withholding import jobs_withheld_from
from workflows.engine import withholding
from workflows.engine.models import Case
from workflows.organisation.models import Person, Role, RoleHolding

KINDS = ("finding",)


def cases_withheld_from(person: Person) -> Q:
    to_check = Assignment.objects.filter(person=person, sealed_at=None, ended_at=None)
    may_come = Finding.objects.filter(~_rechecks(person), job__in=jobs_withheld_from(person))
    found = Finding.objects.filter(job__in=to_check.values("drawn_job__lot_job__job"))
    return Q(pk__in=found.values("case")) | Q(pk__in=may_come.values("case"))


def _rechecks(person: Person) -> Q:
    """It was said to be put right, and who inspects there or above looks whether it is."""
    held = RoleHolding.objects.in_force().filter(person=person, role=Role.INSPECTOR)
    above = held.alias(at=StrIndex(OuterRef("case__unit__path"), F("unit__path"))).filter(at=Value(1))
    return Q(Exists(Rectification.objects.filter(finding=OuterRef("pk")))) & Q(Exists(above))


def may_hear(case: Case, people: Iterable[Person]) -> set[int]:
    """Of these people whoever is not kept from the finding."""
    told = {person.pk for person in people}
    return told - withholding.kept_from(case, told)


def register() -> None:
    withholding.register(cases_withheld_from, kinds=KINDS, roles=(Role.INSPECTOR,))
