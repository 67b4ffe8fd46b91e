"""Who stands at the operator's desk, who may ask for a correction, and who may confirm one."""

from __future__ import annotations

from workflows.organisation.models import Person, Role, Unit
from workflows.organisation.roles import held_by, holds

ASKING = {Role.ADMINISTRATOR, Role.WORKSHOP_REVIEWER}
CONFIRMING = {Role.RULE_PUBLISHER}


def is_operator(person: Person) -> bool:
    """An administrator of the whole tree: machinery knows no workshop."""
    return any(held.role == Role.ADMINISTRATOR and held.path.count("/") == 2 for held in held_by(person))


def may_ask(person: Person, unit: Unit) -> bool:
    return any(holds(person, role, unit.path, at_or_above=True) for role in ASKING)


def may_confirm(person: Person, unit: Unit) -> bool:
    return any(holds(person, role, unit.path, at_or_above=True) for role in CONFIRMING)


def correction_paths(person: Person) -> list[str]:
    return [held.path for held in held_by(person) if held.role in ASKING | CONFIRMING]
