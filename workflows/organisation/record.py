"""Permission changes in the ledger: one chain per person and per unit, the acting person in each payload."""

from __future__ import annotations

from typing import Any

from workflows.ledger.entries import append
from workflows.organisation.models import Person, Unit


def on_person(person: Person, event: str, *, actor: Person, **facts: Any) -> None:
    append(subject=f"person:{person.pk}", event=f"organisation.{event}", payload={"actor": actor.pk, **facts})


def on_unit(unit: Unit, event: str, *, actor: Person, **facts: Any) -> None:
    append(subject=f"unit:{unit.pk}", event=f"organisation.{event}", payload={"actor": actor.pk, **facts})
