"""Permission changes in the ledger: one chain per person and per unit, the acting person in each payload."""

from __future__ import annotations

from typing import Any

from workflows.ledger.entries import append
from workflows.organisation.models import Person, Unit


def on_person(person: Person, event: str, *, actor: Person | None, **facts: Any) -> None:
    """No actor is whoever works at the server's command line."""
    payload = {"actor": actor.pk if actor else None, **facts}
    append(subject=f"person:{person.pk}", event=f"organisation.{event}", payload=payload)


def on_unit(unit: Unit, event: str, *, actor: Person, **facts: Any) -> None:
    append(subject=f"unit:{unit.pk}", event=f"organisation.{event}", payload={"actor": actor.pk, **facts})
