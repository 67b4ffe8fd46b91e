"""Accounts: made, moved, closed and opened again, each with its ledger entry. Nobody is deleted."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from workflows.ledger.clock import now
from workflows.organisation import first_password, grants, record, tokens
from workflows.organisation.authority import require_administrator, require_another, require_no_higher_role
from workflows.organisation.errors import Refused
from workflows.organisation.models import Person, Posting, RoleHolding, Unit
from workflows.organisation.signin import devices

AMENDABLE = ("name", "title", "email", "joined_on")


@transaction.atomic
def create_person(
    *,
    actor: Person,
    employee_no: str,
    name: str,
    unit: Unit,
    title: str = "",
    email: str = "",
    joined_on: date | None = None,
) -> tuple[Person, str]:
    """Make an account. Returns the person and the first password, which is kept nowhere."""
    require_administrator(actor, unit)
    require_in_use(unit)
    secret = first_password.draw()
    try:
        with transaction.atomic():
            person = Person.objects.create(
                employee_no=employee_no, name=name, unit=unit, title=title, email=email, joined_on=joined_on,
                password=first_password.hashed(secret), must_change_password=True,
            )  # fmt: skip
    except IntegrityError:
        raise Refused(_("Employee number %(no)s is taken.") % {"no": employee_no}, "employee_no")
    Posting.objects.create(person=person, unit=unit, starts_at=now())
    record.on_person(person, "person.created", actor=actor, employee_no=employee_no, unit=unit.pk)
    return person, secret


@transaction.atomic
def amend_person(*, actor: Person, person: Person, **fields: Any) -> Person:
    """Change name, post, mail or joining date; the ledger says which, before and after."""
    person = locked(person)
    require_administrator(actor, person.unit)
    changed = {f: v for f, v in fields.items() if f in AMENDABLE and getattr(person, f) != v}
    if not changed:
        return person
    if "email" in changed:
        require_no_higher_role(actor, person)  # titles and reasons of cases go to that address
    before = {field: _plain(getattr(person, field)) for field in changed}
    Person.objects.filter(pk=person.pk).update(**changed)
    for field, value in changed.items():
        setattr(person, field, value)
    after = {field: _plain(value) for field, value in changed.items()}
    record.on_person(person, "person.amended", actor=actor, before=before, after=after)
    return person


@transaction.atomic
def move_person(*, actor: Person, person: Person, unit: Unit) -> Person:
    """Close the present posting and open the next. Roles stay: they are held at a unit, with their own dates."""
    person = locked(person)
    require_administrator(actor, person.unit, unit)
    if person.unit_id == unit.pk:
        return person
    require_another(actor, person)
    require_in_use(unit)
    before, moment = person.unit_id, now()
    person.postings.filter(ends_at=None).update(ends_at=moment)
    Posting.objects.create(person=person, unit=unit, starts_at=moment)
    Person.objects.filter(pk=person.pk).update(unit=unit)
    person.unit = unit
    record.on_person(person, "person.moved", actor=actor, before=before, after=unit.pk)
    return person


@transaction.atomic
def deactivate_person(*, actor: Person, person: Person) -> Person:
    """Close the account: roles end now, tokens and sessions stop. What the person did stays."""
    person = locked(person)
    require_administrator(actor, person.unit)
    require_another(actor, person)
    require_no_higher_role(actor, person)
    if not person.is_active:
        return person
    person.is_active = False
    Person.objects.filter(pk=person.pk).update(is_active=False)
    for holding in RoleHolding.objects.not_over().filter(person=person).select_related("unit"):
        grants.close(holding, at=now(), actor=actor)
    tokens.revoke_all(person)
    devices.stop_all(person)
    Unit.objects.filter(fallback=person).update(fallback=None)
    record.on_person(person, "person.deactivated", actor=actor)
    return person


@transaction.atomic
def reactivate_person(*, actor: Person, person: Person) -> tuple[Person, str]:
    """Open the account again with a new first password. Roles that ended stay ended."""
    person = locked(person)
    require_administrator(actor, person.unit)
    require_another(actor, person)
    if person.is_active:
        raise Refused(_("This account is in use already."))
    require_in_use(person.unit)
    Person.objects.filter(pk=person.pk).update(is_active=True)
    person.is_active = True
    record.on_person(person, "person.reactivated", actor=actor)
    return person, _renew(person)


@transaction.atomic
def reset_password(*, actor: Person, person: Person) -> str:
    """Give a new first password; every session and token of the person stops."""
    person = locked(person)
    require_administrator(actor, person.unit)
    require_another(actor, person)
    require_no_higher_role(actor, person)
    if not person.is_active:
        raise Refused(_("This account is not in use."))
    secret = _renew(person)
    record.on_person(person, "person.password_reset", actor=actor)
    return secret


def _renew(person: Person) -> str:
    secret = first_password.draw()
    person.password, person.must_change_password = first_password.hashed(secret), True
    person.save(update_fields=["password", "must_change_password"])
    tokens.revoke_all(person)
    devices.forget_all(person)
    return secret


@transaction.atomic
def choose_password(*, actor: Person, password: str) -> None:
    """The person's own new password, already validated. Tokens and other sessions stop with the old one."""
    actor.set_password(password)
    actor.must_change_password = False
    actor.save(update_fields=["password", "must_change_password"])
    tokens.revoke_all(actor)
    devices.forget_all(actor)
    record.on_person(actor, "person.password_changed", actor=actor)


@transaction.atomic
def choose_settings(*, actor: Person, language: str, theme: str, email: str) -> None:
    """What people set for themselves. A mail address is where notices go, so its change is recorded."""
    if actor.email != email:
        record.on_person(actor, "person.amended", actor=actor, before={"email": actor.email}, after={"email": email})
    actor.language, actor.theme, actor.email = language, theme, email
    actor.save(update_fields=["language", "theme", "email"])


def locked(person: Person) -> Person:
    return Person.objects.select_for_update(of=("self",)).select_related("unit").get(pk=person.pk)


def require_in_use(unit: Unit) -> None:
    if not unit.is_active:
        raise Refused(_("This unit is not in use."), "unit")


def _plain(value: object) -> str:
    return "" if value is None else str(value)
