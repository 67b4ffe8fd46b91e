"""Whoever is to check a job anew, or may still be drawn for it, must not know what was found in it before: until then
its findings are not there for them, and nobody tells them. A re-check is theirs all the same, once it is due."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from maintenance_audit.findings.models import Finding
from maintenance_audit.lots.models import Assignment
from maintenance_audit.lots.withholding import jobs_withheld_from
from workflows.engine import withholding
from workflows.engine.models import Case, Step
from workflows.organisation.models import Person, Role, RoleHolding
from workflows.organisation.roles import holds


def from_inspectors(person: Person) -> Q | None:
    return _from(person) if holds(person, Role.INSPECTOR) else None


def _from(person: Person) -> Q:
    to_check = Assignment.objects.filter(person=person, sealed_at=None, ended_at=None)
    rechecked = Step.objects.filter(case=OuterRef("case"), node="recheck")
    may_come = Finding.objects.filter(~Exists(rechecked), job__in=jobs_withheld_from(person))
    found = Finding.objects.filter(job__in=to_check.values("drawn_job__lot_job__job"))
    return Q(pk__in=found.values("case")) | Q(pk__in=may_come.values("case"))


def may_hear(case: Case, people: Iterable[Person]) -> set[int]:
    """Of these people whoever is not kept from the finding. One statement, and one for each inspector among them."""
    by_key = {person.pk: person for person in people}
    inspectors = RoleHolding.objects.in_force().filter(role=Role.INSPECTOR, person__in=by_key)
    asked = set(inspectors.values_list("person_id", flat=True))
    return by_key.keys() - {pk for pk in asked if Case.objects.filter(_from(by_key[pk]), pk=case.pk).exists()}


def register() -> None:
    withholding.register(from_inspectors)
