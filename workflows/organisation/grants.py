"""Roles granted and ended. Never back-dated: a role begins now or later, and ends now or later."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from workflows.ledger.clock import now
from workflows.organisation import record
from workflows.organisation.authority import require_administrator, require_another
from workflows.organisation.errors import Refused
from workflows.organisation.models import Person, Role, RoleHolding, Unit, UnitKind


@transaction.atomic
def grant_role(
    *,
    actor: Person,
    person: Person,
    role: str,
    unit: Unit,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    weight: int = 1,
) -> RoleHolding:
    """Let the person hold the role at the unit from a moment on; `ends_at` None is until further notice."""
    # The person's row is the lock: a grant and the closing of the account cannot pass each other.
    person = Person.objects.select_for_update(of=("self",)).select_related("unit").get(pk=person.pk)
    require_administrator(actor, unit)
    require_another(actor, person)
    moment = now()
    begins = max(starts_at or moment, moment)
    _require_sense(person, role, unit, begins, ends_at)
    try:
        with transaction.atomic():
            holding = RoleHolding.objects.create(
                person=person, role=role, unit=unit, weight=weight, starts_at=begins, ends_at=ends_at
            )
    except IntegrityError:
        raise Refused(_("%(person)s already holds this role here in that time.") % {"person": person.name}, "role")
    record.on_person(
        person, "role.granted", actor=actor, holding=holding.pk, role=role, unit=unit.pk, weight=weight,
        starts_at=begins.isoformat(), ends_at=ends_at.isoformat() if ends_at else None,
    )  # fmt: skip
    return holding


def _require_sense(person: Person, role: str, unit: Unit, begins: datetime, ends: datetime | None) -> None:
    if not person.is_active:
        raise Refused(_("This account is not in use."), "person")
    if not unit.is_active:
        raise Refused(_("This unit is not in use."), "unit")
    if ends is not None and ends <= begins:
        raise Refused(_("The last day lies before the first."), "last_day")
    outside = person.unit.at_level(UnitKind.CONTRACTOR)
    if (role == Role.CONTRACTOR) != (outside is not None):
        raise Refused(_("A contractor's people hold the contractor's role, and only they do."), "role")
    if role == Role.CONTRACTOR and outside and not unit.path.startswith(outside.path):
        raise Refused(_("The contractor's role is held at the contractor's own unit."), "unit")


@transaction.atomic
def end_role(*, actor: Person, holding: RoleHolding, at: datetime | None = None) -> RoleHolding:
    """Let the role end at a moment, now unless said otherwise; one not begun yet never begins."""
    holding = RoleHolding.objects.select_for_update(of=("self",)).select_related("person", "unit").get(pk=holding.pk)
    require_administrator(actor, holding.unit)
    require_another(actor, holding.person)
    if holding.is_over:
        raise Refused(_("This role has ended already."))
    moment = max(at or now(), now())
    if holding.ends_at is not None and moment > holding.ends_at:
        raise Refused(_("The role ends earlier already. Grant it anew to make it longer."), "last_day")
    close(holding, at=moment, actor=actor)
    return holding


def close(holding: RoleHolding, *, at: datetime, actor: Person) -> None:
    """Write the end and its ledger entry; whether `actor` may is the caller's question."""
    holding.ends_at = max(at, holding.starts_at)
    holding.save(update_fields=["ends_at"])
    record.on_person(
        holding.person, "role.ended", actor=actor, holding=holding.pk, role=holding.role, unit=holding.unit_id,
        ends_at=holding.ends_at.isoformat(),
    )  # fmt: skip
