"""Absence with a substitute: declared by the person themself, from now on, and ended early if they come back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import DateTimeField, Prefetch
from django.utils.translation import gettext as _

from workflows.ledger.clock import now
from workflows.organisation import record
from workflows.organisation.errors import Refused
from workflows.organisation.models import Absence, Person, RoleHolding
from workflows.store.prepared import Given, Prepared


@transaction.atomic
def declare_absence(*, actor: Person, substitute: Person, starts_at: datetime | None, ends_at: datetime) -> Absence:
    """Be away from a moment on, not earlier than now, and let somebody act meanwhile."""
    begins = max(starts_at or now(), now())
    if substitute.pk == actor.pk or not substitute.is_active:
        raise Refused(_("A substitute is somebody else with an account in use."), "substitute")
    if ends_at <= begins:
        raise Refused(_("The absence ends after it starts."), "ends_at")
    try:
        with transaction.atomic():
            absence = Absence.objects.create(person=actor, substitute=substitute, starts_at=begins, ends_at=ends_at)
    except IntegrityError:
        raise Refused(_("You are away in that time already."), "starts_at")
    record.on_person(actor, "absence.declared", actor=actor, absence=absence.pk, other=substitute.pk,
                     starts_at=begins.isoformat(), ends_at=ends_at.isoformat())  # fmt: skip
    return absence


@transaction.atomic
def end_absence(*, actor: Person, absence: Absence) -> Absence:
    """Be back. What the substitute decided stays decided."""
    absence = Absence.objects.select_for_update().get(pk=absence.pk, person=actor)
    if absence.ended_at is None:
        absence.ended_at = now()
        absence.save(update_fields=["ended_at"])
        record.on_person(actor, "absence.ended", actor=actor, absence=absence.pk, other=absence.substitute_id)
    return absence


def stand_in_for(person_id: int, away: Mapping[int, int]) -> int | None:
    """Who acts for this absent person: the substitute, or the substitute's own if they are away too.

    `away` maps each absent person to the substitute. In a circle of absence nobody does, and the task waits.
    """
    seen, here = {person_id}, away.get(person_id)
    while here is not None and here in away:
        if here in seen:
            return None
        seen.add(here)
        here = away[here]
    return None if here == person_id else here


def stands_in_for(person: Person, at: datetime | None = None) -> list[int]:
    """Ids of those for whom this person acts now. One statement; kept on the instance, which lives for one request."""
    if at is None and (kept := getattr(person, "_stands_in", None)) is not None:
        return kept
    away = {row.person_id: row.substitute_id for row in _AWAY(at=at or now())}
    found = sorted(absent for absent in away if stand_in_for(absent, away) == person.pk) if away else []
    if at is None:
        person._stands_in = found  # type: ignore[attr-defined]
    return found


def _away():  # type: ignore[no-untyped-def]
    rows = Absence.objects.in_force(Given("at", DateTimeField()))  # type: ignore[arg-type]
    return rows.filter(substitute__is_active=True).only("person_id", "substitute_id")


# Each page asks it.
_AWAY: Prepared[Absence] = Prepared(_away)


def in_force_of(absent: Collection[int]) -> list[Absence]:
    """These people's absences with their people and the roles these hold now (`holdings_now`). Two statements."""
    held = Prefetch("person__holdings", RoleHolding.objects.in_force(), to_attr="holdings_now")
    found = Absence.objects.in_force().filter(person__in=absent).select_related("person", "substitute")
    return list(found.prefetch_related(held).order_by("person__employee_no"))
