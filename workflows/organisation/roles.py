"""Who holds what, asked by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import DateTimeField

from workflows.ledger.clock import now
from workflows.organisation.models import Person, RoleHolding, Unit
from workflows.store.prepared import Given, Prepared


@dataclass(frozen=True)
class Held:
    """A role in force: `role` at the unit of `path`."""

    role: str
    unit_id: int
    path: str
    weight: int


def held_by(person: Person, at: datetime | None = None) -> list[Held]:
    """Roles that the person holds now. One query; kept on the instance, which lives for one request."""
    if at is None and (kept := getattr(person, "_held", None)) is not None:
        return kept
    rows = _HELD(person=person.pk, at=at or now())
    held = [Held(row.role, row.unit_id, row.unit.path, row.weight) for row in rows]
    if at is None:
        person._held = held  # type: ignore[attr-defined]
    return held


def _held():  # type: ignore[no-untyped-def]
    at = Given("at", DateTimeField())
    rows = RoleHolding.objects.in_force(at).filter(person=Given("person"))  # type: ignore[arg-type]
    return rows.select_related("unit").only("role", "weight", "unit__path")


# Each page asks it.
_HELD: Prepared[RoleHolding] = Prepared(_held)


def holds(person: Person, role: str, unit_path: str | None = None, *, at_or_above: bool = False) -> bool:
    """Does the person hold the role: anywhere, exactly at the unit, or at it or above it?"""
    for held in held_by(person):
        if held.role != role:
            continue
        if unit_path is None or held.path == unit_path or (at_or_above and unit_path.startswith(held.path)):
            return True
    return False


def holders(role: str, unit_id: int, at: datetime | None = None) -> list[RoleHolding]:
    """Holdings of the role exactly at the unit, in force, with their people, by employee number."""
    return list(
        RoleHolding.objects.in_force(at)
        .filter(role=role, unit_id=unit_id)
        .select_related("person")
        .order_by("person__employee_no")
    )


def person_above(role: str, unit: Unit, at: datetime | None = None) -> tuple[Unit, list[RoleHolding], Person | None]:
    """Holders of the role at the nearest unit above that has any, else the nearest unit's named fallback.

    Returns the unit where they were found with the holdings or the fallback; the unit itself if there is nobody.
    """
    above = list(Unit.objects.above(unit.path).select_related("fallback").order_by("-path"))[1:]
    found = list(
        RoleHolding.objects.in_force(at)
        .filter(role=role, unit_id__in=[u.pk for u in above])
        .select_related("person")
        .order_by("person__employee_no")
    )
    for candidate in above:
        here = [h for h in found if h.unit_id == candidate.pk]
        if here:
            return candidate, here, None
        if candidate.fallback and candidate.fallback.is_active:
            return candidate, [], candidate.fallback
    return unit, [], None


def permission_names(person: Person) -> set[str]:
    """Viewflow's name for each role held: `engine.<role>_<unit id>`."""
    return {f"engine.{held.role}_{held.unit_id}" for held in held_by(person)}


def paths_seen_by(person: Person) -> list[str]:
    """Paths of the subtrees whose rows this person may see by role; a posting opens only the own unit.

    An administrator keeps accounts and has no business right at all, so that role opens nothing here.
    """
    opening = {h.path for h in held_by(person) if h.role not in {"administrator", "contractor"}}
    return _shortest(opening)


def places_known_to(person: Person) -> list[str]:
    """Own unit, `paths_seen_by` and what the person administers: for units, people and roles, never for cases."""
    administered = {h.path for h in held_by(person) if h.role == "administrator"}
    return _shortest({person.unit.path, *paths_seen_by(person), *administered})


def _shortest(paths: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for path in sorted(paths, key=len):
        if not any(path.startswith(k) for k in kept):
            kept.append(path)
    return kept
