"""Who keeps the register: maintenance planners. The plant reads it; for a contractor's people it is not there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse

from workflows.organisation.access import KnownRequest, signed_in
from workflows.organisation.models import Person, Role, Unit, UnitKind
from workflows.organisation.models.unit import UnitQuerySet
from workflows.organisation.roles import held_by, holds

PUBLISHERS = (Role.AUDIT_LEAD, Role.RULE_PUBLISHER)


def reads(person: Person) -> bool:
    return person.unit.at_level(UnitKind.CONTRACTOR) is None


def keeps(person: Person) -> bool:
    """Codes, kinds of work, contractors and drafts of templates are the plant's: any planner keeps them."""
    return holds(person, Role.MAINTENANCE_PLANNER)


def keeps_at(person: Person, unit: Unit) -> bool:
    """Equipment of a section is kept by its planner, or one above."""
    return holds(person, Role.MAINTENANCE_PLANNER, unit.path, at_or_above=True)


def sections_kept_by(person: Person) -> UnitQuerySet:
    held = [h.path for h in held_by(person) if h.role == Role.MAINTENANCE_PLANNER]
    return Unit.objects.under(*held).active().filter(kind=UnitKind.SECTION)


def may_publish(person: Person) -> bool:
    return any(holds(person, role) for role in PUBLISHERS)


def for_the_plant(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Signed in, and not one of a contractor's people: for those there is no such page."""

    @wraps(view)
    def guarded(request: KnownRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not reads(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return signed_in(guarded)
