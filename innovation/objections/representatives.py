"""Whom somebody may tell without signing: the union's representatives of the workshop, else the nearest above."""

from __future__ import annotations

from collections.abc import Sequence

from workflows.organisation import roles
from workflows.organisation.models import Person, Role, RoleHolding, Unit, UnitKind


def of(workshop: Unit) -> list[Person]:
    """A unit's named fallback is no representative: where the union has nobody, one objects by name."""
    holdings = roles.holders(Role.UNION_REPRESENTATIVE, workshop.pk)
    if not holdings:
        _unit, holdings, _fallback = roles.person_above(Role.UNION_REPRESENTATIVE, workshop)
    return [held.person for held in holdings if held.person.is_active]


def workshops_of(person: Person) -> Sequence[int]:
    """The workshops whose unsigned objections come to this person."""
    mine = [held for held in roles.held_by(person) if held.role == Role.UNION_REPRESENTATIVE]
    found: set[int] = set()
    for held in mine:
        below = Unit.objects.under(held.path).filter(kind=UnitKind.WORKSHOP).values_list("pk", "path")
        found |= {pk for pk, path in below if pk == held.unit_id or not _nearer(held.path, path)}
    return sorted(found)


def _nearer(above: str, workshop: str) -> bool:
    """Has the workshop a representative of its own, or one nearer than the unit `above`?"""
    between = [path for path in _lineage(workshop) if len(path) > len(above)]
    held = RoleHolding.objects.in_force().filter(role=Role.UNION_REPRESENTATIVE, unit__path__in=between)
    return held.exists()


def _lineage(path: str) -> list[str]:
    return list(Unit.objects.above(path).values_list("path", flat=True))
