"""Who may read what the ledger says about a person or a unit, and how its events are called."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workflows.ledger.models import Entry
from workflows.ledger.subjects import About, register_events, register_subject, unless_sealed
from workflows.organisation.models import Person, Unit

TIES = "organisation.tie."
EVENTS = {
    "organisation.person.created": _("Account made"),
    "organisation.person.amended": _("Account changed"),
    "organisation.person.moved": _("Moved to another unit"),
    "organisation.person.deactivated": _("Account closed"),
    "organisation.person.reactivated": _("Account opened again"),
    "organisation.person.password_reset": _("New first password given"),
    "organisation.person.password_changed": _("Password changed"),
    "organisation.factor.added": _("Second factor added"),
    "organisation.factor.removed": _("Second factor removed"),
    "organisation.factor.codes_drawn": _("Recovery codes drawn"),
    "organisation.factor.recovery_code_used": _("Recovery code used"),
    "organisation.factor.reset": _("Second factor reset"),
    "organisation.session.ended": _("Device signed out"),
    "organisation.session.others_ended": _("Other devices signed out"),
    "organisation.sign_in.second_factor_required": _("Second factor made a requirement"),
    "organisation.sign_in.second_factor_optional": _("Second factor left to each one"),
    "organisation.role.granted": _("Role granted"),
    "organisation.role.ended": _("Role ended"),
    "organisation.absence.declared": _("Absence declared"),
    "organisation.absence.ended": _("Absence ended"),
    "organisation.tie.declared": _("Tie declared"),
    "organisation.tie.ended": _("Tie ended"),
    "organisation.token.issued": _("Token made"),
    "organisation.token.revoked": _("Token revoked"),
    "organisation.unit.created": _("Unit made"),
    "organisation.unit.renamed": _("Unit renamed"),
    "organisation.unit.moved": _("Unit moved"),
    "organisation.unit.deactivated": _("Unit closed"),
    "organisation.unit.reactivated": _("Unit opened again"),
    "organisation.unit.fallback_named": _("Fallback person named"),
}


def register() -> None:
    register_subject("person", may_read_person, may_open=may_open_of_person, about=about_person)
    register_subject("unit", may_read_unit, about=about_unit)
    register_events(EVENTS)


def id_of(subject: str) -> int:
    """7 of "person:7"; 0, which nothing has, for anything else."""
    number = subject.partition(":")[2]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0


def may_read_person(reader: Person, subject: str) -> bool:
    """Oneself, and who oversees the unit."""
    number = id_of(subject)
    return number == reader.pk or Person.objects.overseen_by(reader).filter(pk=number).exists()


def may_open_of_person(reader: Person, entry: Entry) -> bool:
    """With whom a tie is, only the one who declared it reads."""
    if entry.event.startswith(TIES) and entry.chain.subject != f"person:{reader.pk}":
        return False
    return unless_sealed(reader, entry)


def about_person(subject: str) -> About:
    person = Person.objects.get(pk=id_of(subject))
    return About(str(person), reverse("admin_person", args=[person.pk]))


def may_read_unit(reader: Person, subject: str) -> bool:
    return Unit.objects.overseen_by(reader).filter(pk=id_of(subject)).exists()


def about_unit(subject: str) -> About:
    unit = Unit.objects.get(pk=id_of(subject))
    return About(str(unit), reverse("admin_unit", args=[unit.pk]))
