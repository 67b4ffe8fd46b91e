"""Immediate danger goes out at once: place and danger, no claim and no verdict, apart from any record."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from maintenance_audit.inspections.models import SafetyNotice
from workflows.engine.errors import BadMove, NoSuchThing, NotYours, Overtaken
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.notices.outbox import post
from workflows.organisation.models import Person, Role, RoleHolding, Unit, UnitKind

SENT, SEEN = "maintenance_audit.safety.sent", "maintenance_audit.safety.acknowledged"
PLACE, DANGER = 120, 1000


def sections_for(person: Person) -> QuerySet[Unit]:
    """Where somebody of the plant may see danger: every section of their workshop."""
    workshop = person.unit.at_level(UnitKind.WORKSHOP)
    found = Unit.objects.active().filter(kind=UnitKind.SECTION).order_by("path")
    return found.filter(path__startswith=workshop.path) if workshop else found.none()


def send(
    *, actor: Person, token: UUID, section: Unit, place: str, danger: str, reported_at: datetime | None = None
) -> tuple[SafetyNotice, bool]:
    """Returns the notice and whether it is new: the same token is the same notice. Raises BadMove by field."""
    first = SafetyNotice.objects.filter(token=token).first()
    if first is not None:
        if first.sent_by_id != actor.pk:
            raise BadMove(_("This form belongs to somebody else and was not filed."))
        return first, False
    place, danger = _said(place, PLACE, "place"), _said(danger, DANGER, "danger")
    if not sections_for(actor).filter(pk=section.pk).exists():
        raise BadMove(_("Pick a section of your workshop."), field="section")
    with transaction.atomic():
        row = SafetyNotice(
            token=token, section=section, place=place, danger=danger, sent_by=actor, reported_at=reported_at,
            received_at=now(),
        )  # fmt: skip
        made = SafetyNotice.objects.bulk_create([row], ignore_conflicts=True)
        kept = SafetyNotice.objects.get(token=token)
        if kept.received_at != made[0].received_at:
            return kept, False
        said = {"by": actor.employee_no, "place": place, "danger": danger, "section": section.code}
        append(subject=f"unit:{section.pk}", event=SENT, payload=said | {"notice": kept.pk})
        _tell(kept)
    return kept, True


def _said(text: str, longest: int, field: str) -> str:
    said = text.strip()
    if not said:
        raise BadMove(_("Say where.") if field == "place" else _("Say what the danger is."), field=field)
    if len(said) > longest:
        raise BadMove(_("At most %(n)s characters.") % {"n": longest}, field=field)
    return said


def _tell(notice: SafetyNotice) -> None:
    """The section's chiefs; where it has none, whoever stands above."""
    post(
        event=SENT,
        key=f"safety:{notice.pk}",
        recipients=sorted({held.person_id for held in chiefs_of(notice.section)}),
        subject=f"unit:{notice.section_id}",
        context={"place": notice.place, "danger": notice.danger[:200], "section": notice.section.name},
        url=reverse("safety_notice", args=[notice.pk]),
    )


def chiefs_of(section: Unit) -> list[RoleHolding]:
    ladder = RoleHolding.objects.in_force().filter(
        role__in=[Role.SECTION_CHIEF, Role.WORKSHOP_REVIEWER], unit__in=section.ancestor_ids
    )
    held = list(ladder.select_related("unit"))
    here = [one for one in held if one.unit_id == section.pk]
    return here or held


def visible_to(person: Person) -> QuerySet[SafetyNotice]:
    """Who sent it, and whoever works or watches in the section's place."""
    from django.db.models import Q

    from workflows.organisation.roles import paths_seen_by

    seen = Q(sent_by=person) | Q(section__in=person.unit.ancestor_ids)
    for path in paths_seen_by(person):
        seen |= Q(section__path__startswith=path)
    return SafetyNotice.objects.filter(seen).select_related("section", "sent_by", "acknowledged_by")


def may_acknowledge(person: Person, notice: SafetyNotice) -> bool:
    return any(one.person_id == person.pk for one in chiefs_of(notice.section))


def acknowledge(*, actor: Person, notice_id: int) -> SafetyNotice:
    """The section has heard. Raises NoSuchThing, NotYours, Overtaken."""
    with transaction.atomic():
        if not visible_to(actor).filter(pk=notice_id).exists():
            raise NoSuchThing
        row = (
            SafetyNotice.objects.select_for_update(of=("self",)).select_related("section", "sent_by").get(pk=notice_id)
        )
        if not may_acknowledge(actor, row):
            raise NotYours
        if row.acknowledged_at is not None:
            raise Overtaken(_("It has been acknowledged already."))
        row.acknowledged_at, row.acknowledged_by = now(), actor
        row.save(update_fields=["acknowledged_at", "acknowledged_by"])
        append(subject=f"unit:{row.section_id}", event=SEEN, payload={"notice": row.pk, "by": actor.employee_no})
        post(
            event=SEEN,
            key=f"safety:{row.pk}:seen",
            recipients=[row.sent_by_id],
            subject=f"unit:{row.section_id}",
            context={"place": row.place, "who": actor.name},
            url=reverse("safety_notice", args=[row.pk]),
        )
        return row
