"""What an administrator may touch: the units of the role and all below, and nothing about oneself."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from workflows.organisation.errors import Refused
from workflows.organisation.models import Person, Role, RoleHolding, Unit
from workflows.organisation.roles import held_by


def administered_paths(person: Person) -> list[str]:
    return [held.path for held in held_by(person) if held.role == Role.ADMINISTRATOR]


def overseen_paths(person: Person) -> list[str]:
    """Where the administration's pages may be read: by administrators, and by observers who change nothing."""
    return [held.path for held in held_by(person) if held.role in {Role.ADMINISTRATOR, Role.OBSERVER}]


def administers(person: Person, unit: Unit) -> bool:
    return any(unit.path.startswith(path) for path in administered_paths(person))


def require_administrator(actor: Person, *units: Unit) -> None:
    """Asked of the database and not of the request's memory: the role may have ended a second ago."""
    paths = list(
        RoleHolding.objects.in_force()
        .filter(person=actor, role=Role.ADMINISTRATOR)
        .values_list("unit__path", flat=True)
    )
    for unit in units:
        if not any(unit.path.startswith(path) for path in paths):
            raise PermissionDenied("administers another unit")


def require_another(actor: Person, person: Person) -> None:
    if actor.pk == person.pk:
        raise Refused(_("Nobody administers their own account. Ask another administrator."))


def require_no_higher_role(actor: Person, person: Person) -> None:
    """Whoever can reset a password can become that person, so roles outside one's own units are out of reach."""
    elsewhere = RoleHolding.objects.in_force().filter(person=person).select_related("unit")
    if any(not administers(actor, holding.unit) for holding in elsewhere):
        raise Refused(_("This person holds a role outside your units. An administrator above has to do this."))
