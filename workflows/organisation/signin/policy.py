"""Whom the plant asks for a second factor: who holds a role at a workshop or above, and every administrator."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from workflows.ledger.clock import now
from workflows.organisation import record
from workflows.organisation.authority import require_administrator
from workflows.organisation.models import Person, Role, RoleHolding, SignInRule, Unit, UnitKind
from workflows.organisation.models.person import PersonQuerySet
from workflows.organisation.signin import devices

OF_WEIGHT = Q(role=Role.ADMINISTRATOR) | Q(unit__kind__in=(UnitKind.GROUP, UnitKind.COMPANY, UnitKind.WORKSHOP))


def asks_for_second_factor(unit: Unit) -> bool:
    """Is it switched on at the top unit of this unit's tree?"""
    return SignInRule.objects.filter(unit_id=unit.ancestor_ids[0], second_factor=True).exists()


def requires_of(person: Person) -> bool:
    """Must this person have a second factor?"""
    if not asks_for_second_factor(person.unit):
        return False
    return RoleHolding.objects.in_force().filter(OF_WEIGHT, person=person).exists()


def without_second_factor(top: Unit) -> PersonQuerySet:
    """Who would be asked to set one up at the next sign-in."""
    held = RoleHolding.objects.in_force().filter(OF_WEIGHT)
    enrolled = Authenticator.objects.filter(type__in=("totp", "webauthn"))
    asked = Person.objects.active().under(top.path).filter(pk__in=held.order_by().values("person_id"))
    return asked.exclude(pk__in=enrolled.values("user_id")).select_related("unit")


def top_of(person: Person) -> Unit:
    return Unit.objects.get(pk=person.unit.ancestor_ids[0])


@transaction.atomic
def ask_for_second_factor(*, actor: Person, top: Unit, required: bool) -> None:
    """Switch it on or off for the whole tree. On, the sessions of whoever has none end, so that they set one up at the
    next sign-in; the actor's own goes on."""
    require_administrator(actor, top)
    if top.parent_id is not None:
        raise PermissionDenied("the rule stands at the top unit")
    rule, _new = SignInRule.objects.select_for_update().get_or_create(unit=top, defaults={"changed_at": now()})
    if rule.second_factor == required:
        return
    rule.second_factor, rule.changed_at = required, now()
    rule.save(update_fields=["second_factor", "changed_at"])
    event = "sign_in.second_factor_required" if required else "sign_in.second_factor_optional"
    record.on_unit(top, event, actor=actor)
    if required:
        for person in without_second_factor(top).exclude(pk=actor.pk):
            devices.stop_all(person)
