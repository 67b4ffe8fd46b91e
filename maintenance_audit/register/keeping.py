"""Changes of the register, each with its entry on the chain of what it changes. Nothing is deleted: it is retired."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from maintenance_audit.register import keepers
from maintenance_audit.register.models import Contractor, Equipment, FailureCode, WorkKind
from workflows.ledger.entries import append
from workflows.organisation.errors import Refused
from workflows.organisation.models import Person, Unit, UnitKind

Row = TypeVar("Row", Equipment, FailureCode, WorkKind, Contractor)
Coded = TypeVar("Coded", FailureCode, WorkKind)
Used = TypeVar("Used", Equipment, FailureCode, WorkKind)
CHAINS: dict[type[models.Model], str] = {
    Equipment: "equipment",
    FailureCode: "failure_code",
    WorkKind: "work_kind",
    Contractor: "contractor",
}


def subject_of(row: models.Model) -> str:
    return f"{CHAINS[type(row)]}:{row.pk}"


# --------------------------------------------------------------------------------------------------------- equipment
@transaction.atomic
def add_equipment(*, actor: Person, tag: str, name: str, unit: Unit, place: str = "") -> Equipment:
    _require_keeper_at(actor, unit)
    made = _made(Equipment(tag=tag, name=name, unit=unit, place=place), "tag", tag)
    record(made, "added", actor=actor, after=facts_of(made))
    return made


@transaction.atomic
def amend_equipment(*, actor: Person, equipment: Equipment, name: str, unit: Unit, place: str, seen: str) -> Equipment:
    """`seen`: `seen_of` the row that the form showed. The tag stands on the labels and is never renamed."""
    held = _held(equipment, seen)
    _require_keeper_at(actor, held.unit)
    _require_keeper_at(actor, unit)
    return _change(held, actor, name=name, unit=unit, place=place)


@transaction.atomic
def switch(*, actor: Person, row: Used, on: bool) -> Used:
    """Retire what is not used any more, or take it into use again; what exists of it stays."""
    held = type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)
    if isinstance(held, Equipment):
        _require_keeper_at(actor, held.unit)
    else:
        _require_keeper(actor)
    if held.is_active != on:
        held.is_active = on
        held.save(update_fields=["is_active"])
        record(held, "restored" if on else "retired", actor=actor)
    return held


# ------------------------------------------------------------------------------------------------------------- codes
@transaction.atomic
def add_code(kind: type[Coded], *, actor: Person, code: str, name: str) -> Coded:
    """A failure code or a kind of work."""
    _require_keeper(actor)
    made = _made(kind(code=code, name=name), "code", code)
    record(made, "added", actor=actor, after=facts_of(made))
    return made


@transaction.atomic
def amend_code(*, actor: Person, row: Coded, name: str, seen: str) -> Coded:
    _require_keeper(actor)
    return _change(_held(row, seen), actor, name=name)


# ------------------------------------------------------------------------------------------------------- contractors
@transaction.atomic
def register_contractor(
    *, actor: Person, unit: Unit, scope: str = "", valid_until: date | None = None, contact: str = ""
) -> Contractor:
    """The unit is an administrator's; what it is licensed for is the planner's."""
    _require_keeper(actor)
    if unit.kind != UnitKind.CONTRACTOR:
        raise Refused(_("%(unit)s is no contractor.") % {"unit": unit.name}, "unit")
    made = _made(Contractor(unit=unit, scope=scope, valid_until=valid_until, contact=contact), "unit", unit.name)
    record(made, "registered", actor=actor, after=facts_of(made))
    return made


@transaction.atomic
def amend_contractor(
    *, actor: Person, contractor: Contractor, scope: str, valid_until: date | None, contact: str, seen: str
) -> Contractor:
    _require_keeper(actor)
    return _change(_held(contractor, seen), actor, scope=scope, valid_until=valid_until, contact=contact)


# ------------------------------------------------------------------------------------------------------------ shared
FACTS = {
    Equipment: ("tag", "name", "unit", "place"),
    FailureCode: ("code", "name"),
    WorkKind: ("code", "name"),
    Contractor: ("unit", "scope", "valid_until", "contact"),
}


def facts_of(row: models.Model) -> dict[str, str]:
    """What the register says of it, in plain words: units by code, days as written."""
    return {name: _plain(getattr(row, name)) for name in FACTS[type(row)]}


def seen_of(row: models.Model) -> str:
    return "|".join(facts_of(row).values())


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return value.code if isinstance(value, Unit) else str(value)


def record(row: models.Model, event: str, *, actor: Person, **facts: Any) -> None:
    name = f"maintenance_audit.{CHAINS[type(row)]}.{event}"
    append(subject=subject_of(row), event=name, payload={"actor": actor.pk, **facts})


def _made(row: Row, field: str, written: str) -> Row:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "failure_code_is_one" in str(error):
            raise Refused(_("NA says that there is no code; give it another one."), field)
        raise Refused(_("%(code)s is in the register already.") % {"code": written}, field)
    return row


def _held(row: Row, seen: str) -> Row:
    related = ["unit"] if "unit" in FACTS[type(row)] else []
    held = type(row).objects.select_for_update(of=("self",)).select_related(*related).get(pk=row.pk)
    if seen_of(held) != seen:
        said = _(", ").join(value for value in facts_of(held).values() if value)
        raise Refused(
            _("Somebody changed it meanwhile; it now says: %(now)s. What you typed is still here; save it if it holds.")
            % {"now": said}
        )
    return held


def _change(held: Row, actor: Person, **fields: Any) -> Row:
    before = facts_of(held)
    for name, value in fields.items():
        setattr(held, name, value)
    after = facts_of(held)
    changed = [name for name in after if before[name] != after[name]]
    if changed:
        held.save(update_fields=list(fields))
        said = {"before": {n: before[n] for n in changed}, "after": {n: after[n] for n in changed}}
        record(held, "amended", actor=actor, **said)
    return held


def _require_keeper(actor: Person) -> None:
    if not keepers.keeps(actor):
        raise Refused(_("The register is kept by maintenance planners."))


def _require_keeper_at(actor: Person, unit: Unit) -> None:
    if unit.kind != UnitKind.SECTION:
        raise Refused(_("Equipment belongs to a section."), "unit")
    if not keepers.keeps_at(actor, unit):
        raise Refused(_("You are maintenance planner neither of this section nor above it."), "unit")
