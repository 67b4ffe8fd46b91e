"""Who acts in a monthly check, where that depends on who is assessed."""

from __future__ import annotations

from maintenance_audit.assessments.models import Assessment
from maintenance_audit.lots.independence import from_all
from workflows.engine.models import Case
from workflows.organisation.models import Person, Role, RoleHolding, Unit, UnitKind

CHECKING = (Role.INSPECTOR, Role.AUDIT_LEAD)


def row_of(case: Case) -> Assessment:
    row: Assessment = case.assessment  # type: ignore[attr-defined]
    row.case = case
    return row


def unit(case: Case) -> Unit:
    return row_of(case).unit


def assessed(case: Case) -> tuple[str, str]:
    """The section's chief answers for a section, its people for a firm."""
    kind = row_of(case).unit.kind
    role = Role.CONTRACTOR if kind == UnitKind.CONTRACTOR else Role.SECTION_CHIEF
    return role, kind


def concerned(workshop: Unit, assessed: Unit) -> list[tuple[int, str]]:
    """Whoever would check or confirm, and is posted in what is assessed, or was of the firm until lately."""
    holding = RoleHolding.objects.in_force().filter(role__in=CHECKING).values("person")
    people = Person.objects.filter(pk__in=holding)
    found = [
        (pk, "assessed") for pk in people.filter(unit__path__startswith=assessed.path).values_list("pk", flat=True)
    ]
    if assessed.kind == UnitKind.CONTRACTOR:
        common = from_all(workshop, assessed)
        found += [(pk, common[pk]) for pk in people.filter(pk__in=common).values_list("pk", flat=True)]
    return found
