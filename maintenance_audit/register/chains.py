"""Who may read what the ledger says about the register, and how its events are called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from maintenance_audit.register.keepers import reads
from maintenance_audit.register.models import ClaimTemplate, Contractor, Equipment, FailureCode, WorkKind
from workflows.ledger.subjects import About, register_events, register_subject
from workflows.notices.wording import register as say
from workflows.organisation.chains import id_of
from workflows.organisation.models import Person

EVENTS = {
    "maintenance_audit.equipment.added": _("Equipment added"),
    "maintenance_audit.equipment.amended": _("Equipment changed"),
    "maintenance_audit.equipment.retired": _("Equipment retired"),
    "maintenance_audit.equipment.restored": _("Equipment in use again"),
    "maintenance_audit.equipment.imported": _("Equipment brought in from a file"),
    "maintenance_audit.failure_code.added": _("Failure code added"),
    "maintenance_audit.failure_code.amended": _("Failure code changed"),
    "maintenance_audit.failure_code.retired": _("Failure code retired"),
    "maintenance_audit.failure_code.restored": _("Failure code in use again"),
    "maintenance_audit.work_kind.added": _("Kind of work added"),
    "maintenance_audit.work_kind.amended": _("Kind of work changed"),
    "maintenance_audit.work_kind.retired": _("Kind of work retired"),
    "maintenance_audit.work_kind.restored": _("Kind of work in use again"),
    "maintenance_audit.contractor.registered": _("Contractor registered"),
    "maintenance_audit.contractor.amended": _("Contractor's licence changed"),
    "maintenance_audit.template.drafted": _("Claim template drafted"),
    "maintenance_audit.template.dropped": _("Draft of a claim template put away"),
    "maintenance_audit.template.published": _("Claim template published"),
}


def register() -> None:
    _answer("equipment", Equipment, lambda row: reverse("equipment", args=[row.pk]))
    _answer("failure_code", FailureCode, lambda row: reverse("failure_code", args=[row.pk]))
    _answer("work_kind", WorkKind, lambda row: reverse("work_kind", args=[row.pk]))
    _answer("contractor", Contractor, lambda row: reverse("contractor", args=[row.pk]))
    _answer("template", ClaimTemplate, lambda row: reverse("template", args=[row.pk]))
    register_events(EVENTS)
    say("maintenance_audit.template.drafted", title=_("A claim template waits to be published: %(kind)s v%(version)s"))


def _answer(prefix: str, model: Any, address: Callable[[Any], str]) -> None:
    def seen(person: Person) -> QuerySet[Any]:
        return model.objects.visible_to(person) if reads(person) else model.objects.none()

    def about(subject: str) -> About:
        row = model.objects.filter(pk=id_of(subject)).first()
        return About(str(row), address(row)) if row else About(subject)

    register_subject(prefix, lambda person, subject: seen(person).filter(pk=id_of(subject)).exists(), about=about)
