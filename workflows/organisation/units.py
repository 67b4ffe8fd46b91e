"""Changes to the unit tree, each with its ledger entry."""

from __future__ import annotations

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from workflows.ledger.clock import now
from workflows.organisation import record
from workflows.organisation.authority import require_administrator
from workflows.organisation.errors import Refused
from workflows.organisation.models import Person, RoleHolding, Unit, UnitKind

# Any depth above the workshop; below it the three levels of review need to know where they are.
BELONGS_TO: dict[str, set[str]] = {
    UnitKind.GROUP: {UnitKind.GROUP},
    UnitKind.COMPANY: {UnitKind.GROUP, UnitKind.COMPANY},
    UnitKind.WORKSHOP: {UnitKind.GROUP, UnitKind.COMPANY},
    UnitKind.SECTION: {UnitKind.WORKSHOP},
    UnitKind.TEAM: {UnitKind.WORKSHOP, UnitKind.SECTION, UnitKind.CONTRACTOR},
    UnitKind.CONTRACTOR: {UnitKind.GROUP, UnitKind.COMPANY, UnitKind.WORKSHOP},
}


@transaction.atomic
def create_unit(*, actor: Person, code: str, name: str, kind: str, parent: Unit) -> Unit:
    require_administrator(actor, parent)
    _require_place(kind, parent)
    try:
        with transaction.atomic():
            unit = Unit.objects.create(code=code, name=name, kind=kind, parent=parent)
    except IntegrityError:
        raise _code_taken(code)
    record.on_unit(unit, "unit.created", actor=actor, code=code, name=name, kind=kind, parent=parent.pk)
    return unit


@transaction.atomic
def rename_unit(*, actor: Person, unit: Unit, name: str, code: str) -> Unit:
    unit = _locked(unit, actor)
    if (unit.name, unit.code) == (name, code):
        return unit
    before = {"name": unit.name, "code": unit.code}
    try:
        with transaction.atomic():
            Unit.objects.filter(pk=unit.pk).update(name=name, code=code)
    except IntegrityError:
        raise _code_taken(code)
    unit.name, unit.code = name, code
    record.on_unit(unit, "unit.renamed", actor=actor, before=before, after={"name": name, "code": code})
    return unit


@transaction.atomic
def name_fallback(*, actor: Person, unit: Unit, fallback: Person | None) -> Unit:
    """The person who stands in where the unit has no holder of a step's role."""
    unit = _locked(unit, actor)
    if unit.fallback_id == (fallback.pk if fallback else None):
        return unit
    if fallback and fallback.pk == actor.pk:
        # The fallback decides in cases, and an administrator gives no such right to themself.
        raise Refused(_("Nobody administers their own account. Ask another administrator."), "fallback")
    if fallback and not fallback.is_active:
        raise Refused(_("This account is not in use."), "fallback")
    before, unit.fallback = unit.fallback_id, fallback
    Unit.objects.filter(pk=unit.pk).update(fallback=fallback)
    record.on_unit(unit, "unit.fallback_named", actor=actor, before=before, after=unit.fallback_id)
    return unit


@transaction.atomic
def move_unit(*, actor: Person, unit: Unit, parent: Unit) -> Unit:
    """Hang the unit, with everything below it, under another one; its past stays in the ledger."""
    # Two moves at once could make a ring that neither sees alone. Moves are rare: one at a time.
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE organisation_unit IN SHARE ROW EXCLUSIVE MODE")
    unit, parent = Unit.objects.get(pk=unit.pk), Unit.objects.get(pk=parent.pk)
    require_administrator(actor, unit, parent)
    if parent.pk == unit.parent_id:
        return unit
    if unit.parent is None:
        raise Refused(_("The top unit stays where it is."), "parent")
    require_administrator(actor, unit.parent)
    if parent.path.startswith(unit.path):
        raise Refused(_("A unit cannot belong to itself or to a unit below it."), "parent")
    _require_place(unit.kind, parent)
    before = unit.parent_id
    _hang(unit, parent)
    record.on_unit(unit, "unit.moved", actor=actor, before=before, after=parent.pk)
    return unit


def _hang(unit: Unit, parent: Unit) -> None:
    old, new = unit.path, f"{parent.path}{unit.pk}/"
    Unit.objects.filter(pk=unit.pk).update(parent=parent)
    Unit.objects.filter(path__startswith=old).update(path=Concat(Value(new), Substr(F("path"), len(old) + 1)))
    unit.parent, unit.path = parent, new


@transaction.atomic
def deactivate_unit(*, actor: Person, unit: Unit) -> Unit:
    unit = _locked(unit, actor)
    if not unit.is_active:
        return unit
    if unit.children.filter(is_active=True).exists():
        raise Refused(_("Units below are still in use. Close them first."))
    if unit.people.filter(is_active=True).exists():
        raise Refused(_("People still belong here. Move them first."))
    unit.is_active = False
    Unit.objects.filter(pk=unit.pk).update(is_active=False)
    _end_roles_at(unit, actor)
    record.on_unit(unit, "unit.deactivated", actor=actor)
    return unit


def _end_roles_at(unit: Unit, actor: Person) -> None:
    from workflows.organisation.grants import close

    for holding in RoleHolding.objects.not_over().filter(unit=unit).select_related("person", "unit"):
        close(holding, at=now(), actor=actor)


@transaction.atomic
def reactivate_unit(*, actor: Person, unit: Unit) -> Unit:
    unit = _locked(unit, actor)
    if unit.is_active:
        return unit
    if unit.parent and not unit.parent.is_active:
        raise Refused(_("The unit above is not in use."))
    unit.is_active = True
    Unit.objects.filter(pk=unit.pk).update(is_active=True)
    record.on_unit(unit, "unit.reactivated", actor=actor)
    return unit


def _locked(unit: Unit, actor: Person) -> Unit:
    found = Unit.objects.select_for_update(of=("self",)).select_related("parent").get(pk=unit.pk)
    require_administrator(actor, found)
    return found


def _require_place(kind: str, parent: Unit) -> None:
    if not parent.is_active:
        raise Refused(_("The unit above is not in use."), "parent")
    if parent.kind not in BELONGS_TO[kind]:
        raise Refused(
            _("A unit of kind “%(kind)s” cannot belong to one of kind “%(above)s”.")
            % {"kind": UnitKind(kind).label, "above": UnitKind(parent.kind).label},
            "parent",
        )


def _code_taken(code: str) -> Refused:
    return Refused(_("Code %(code)s is taken by another unit.") % {"code": code}, "code")
