"""Who keeps the calendar, and the record of what they changed."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied

from workflows.ledger.entries import append
from workflows.organisation.models import Person, Role, RoleHolding, Unit

PLANT = "calendar:0"


def subject_of(unit: Unit | None) -> str:
    return f"calendar:{unit.pk}" if unit else PLANT


def keeps_plant(person: Person) -> bool:
    """The plant's days bind everybody: they are kept by the administrators above whom no other administrator stands."""
    rows = list(RoleHolding.objects.in_force().filter(role=Role.ADMINISTRATOR).values_list("person_id", "unit__path"))
    paths = {path for _person, path in rows}
    top = {path for path in paths if not any(path != other and path.startswith(other) for other in paths)}
    return any(holder == person.pk and path in top for holder, path in rows)


def require_keeper(actor: Person) -> None:
    """Asked of the database, not of the request's memory."""
    if not keeps_plant(actor):
        raise PermissionDenied("another administrator keeps the plant's calendar")


def record(unit: Unit | None, event: str, *, actor: Person, **facts: Any) -> None:
    append(subject=subject_of(unit), event=f"engine.calendar.{event}", payload={"actor": actor.employee_no, **facts})
