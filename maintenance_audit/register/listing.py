"""What the lists of the register may be asked for, and who answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from maintenance_audit.register.models import Equipment
from workflows.organisation.forms.plain import tidy
from workflows.organisation.models import Person, Unit, UnitKind

MOST_EXPORTED = 20_000


def equipment(person: Person, asked: Mapping[str, str]) -> QuerySet[Equipment]:
    """By a part of tag, name or place, by section, in use or not. A filter that makes no sense finds nothing."""
    found = matching(Equipment.objects.visible_to(person), asked, "tag", "name", "place")
    if code := asked.get("section"):
        unit = Unit.objects.filter(code=code).first()
        found = found.filter(unit__path__startswith=unit.path) if unit else found.none()
    return found.select_related("unit")


def matching(found: QuerySet[Any], asked: Mapping[str, str], *names: str) -> QuerySet[Any]:
    if (state := asked.get("state", "")) != "all":
        found = found.filter(is_active=state != "retired")
    words = tidy(asked.get("q", ""))[:60]
    condition = Q()
    for name in names if words else ():
        condition |= Q(**{f"{name}__icontains": words})
    return found.filter(condition)


def sections_of(person: Person) -> QuerySet[Unit]:
    """Sections that have equipment the person sees."""
    seen = Equipment.objects.visible_to(person).order_by().values("unit")
    return Unit.objects.filter(pk__in=seen, kind=UnitKind.SECTION)
