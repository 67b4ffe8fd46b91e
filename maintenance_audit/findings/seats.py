"""Who acts in a finding, where that depends on it."""

from __future__ import annotations

from maintenance_audit.findings.models import Finding
from maintenance_audit.register.models import Severity
from workflows.engine.models import Case
from workflows.organisation import roles
from workflows.organisation.models import Person, Role, Unit, UnitKind


def row_of(case: Case) -> Finding:
    row: Finding = case.finding  # type: ignore[attr-defined]
    row.case = case
    return row


def firm(case: Case) -> Unit:
    return row_of(case).contractor


def people_of(unit: Unit) -> list[Person]:
    """Who acts for the firm now, by number."""
    return [held.person for held in roles.holders(Role.CONTRACTOR, unit.pk)]


def rectifier(case: Case) -> list[Person]:
    """Whoever the order names; once they have left the firm, the next of its people."""
    row = row_of(case)
    people = people_of(row.contractor)
    named = [person for person in people if person.pk == row.rectifier_id]
    return [*named, *(person for person in people if person.pk != row.rectifier_id)]


def recheckers(case: Case) -> tuple[str, str]:
    """The section's inspectors; the workshop's for a critical one."""
    critical = row_of(case).severity == Severity.CRITICAL
    return Role.INSPECTOR, UnitKind.WORKSHOP if critical else UnitKind.SECTION


def lenders(case: Case) -> list[Unit]:
    """Where too few are independent, a re-checker is borrowed from a section (product: independence)."""
    workshop = case.unit if case.unit.kind == UnitKind.WORKSHOP else case.unit.at_level(UnitKind.WORKSHOP)
    if workshop is None:
        return []
    return list(Unit.objects.under(workshop.path).filter(kind=UnitKind.SECTION).order_by("code"))


def planners(unit: Unit) -> list[Person]:
    """The section's, then the workshop's and whoever stands above; where nobody plans, the workshop's reviewers."""
    found: list[Person] = []
    for role in (Role.MAINTENANCE_PLANNER, Role.WORKSHOP_REVIEWER):
        for place in reversed(unit.ancestor_ids):
            found += [held.person for held in roles.holders(role, place)]
        if found:
            break
    return list(dict.fromkeys(found))


def planner(case: Case) -> list[Person]:
    return planners(case.unit)
