"""Claim templates: drafted by a planner, published by somebody who wrote none of it, never edited after."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from maintenance_audit.register import keepers
from maintenance_audit.register.content import Content, checked, content_of, digest_of, rows_of
from maintenance_audit.register.models import CheckItem, ClaimItem, ClaimTemplate, WorkKind
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.notices.outbox import post
from workflows.organisation.errors import Refused
from workflows.organisation.models import Person, RoleHolding


class ReadAnother(Refused):
    """The draft says something else than what was read."""


def subject_of(template: ClaimTemplate) -> str:
    return f"template:{template.pk}"


@transaction.atomic
def write(*, actor: Person, work_kind: WorkKind, content: Content, note: str = "", read: str = "") -> ClaimTemplate:
    """Write the next version as a draft, or the draft that is there, if it still says what was `read` (its digest)."""
    _require_keeper(actor)
    content = checked(content)
    kind = WorkKind.objects.select_for_update().get(pk=work_kind.pk)  # one draft a kind takes the next version
    draft = ClaimTemplate.objects.drafts().filter(work_kind=kind).first()
    if (digest_of(content_of(draft)) if draft else "") != read:
        raise ReadAnother(_("Somebody changed the draft meanwhile. Look at what it says now; what you typed is here."))
    if draft is None:
        draft = ClaimTemplate(work_kind=kind, version=_next(kind))
    draft.note, draft.drafted_by, draft.drafted_at = note[:200], actor, now()
    draft.written_by = sorted({*draft.written_by, actor.pk})
    draft.save()
    _fill(draft, content)
    _write(draft, actor, "drafted", content=content, note=draft.note)
    _tell_publishers(draft)
    return draft


@transaction.atomic
def drop(*, actor: Person, template: ClaimTemplate) -> None:
    """Put a draft away; that it was there stays in the ledger."""
    _require_keeper(actor)
    draft = _draft(template)
    _write(draft, actor, "dropped", content=content_of(draft))
    draft.delete()


@transaction.atomic
def publish(*, actor: Person, template: ClaimTemplate, read: str) -> ClaimTemplate:
    """Put a draft in force for jobs completed from now on. `read`: the digest of what the publisher has read."""
    draft = _draft(template)
    if not keepers.may_publish(actor):
        raise Refused(_("A template is published by the audit lead or a rule publisher."))
    if actor.pk in {draft.drafted_by_id, *draft.written_by}:
        raise Refused(_("You wrote a part of this draft; somebody else publishes it."))
    content = content_of(draft)
    if digest_of(content) != read:
        raise ReadAnother(_("The draft was changed since you opened it. Read what it says now."))
    if unchanged(draft):
        raise Refused(_("Nothing differs from the version in force; change something first."))
    draft.published_by, draft.published_at = actor, now()
    draft.save(update_fields=["published_by", "published_at"])
    _write(draft, actor, "published", content=content, digest=read)
    return draft


def may_publish(person: Person, template: ClaimTemplate) -> bool:
    wrote = {template.drafted_by_id, *template.written_by}
    return template.is_draft and person.pk not in wrote and keepers.may_publish(person)


def before(template: ClaimTemplate) -> ClaimTemplate | None:
    """The published version that this one follows."""
    earlier = ClaimTemplate.objects.published().filter(work_kind=template.work_kind_id, version__lt=template.version)
    return earlier.order_by("-version").first()


def unchanged(template: ClaimTemplate) -> bool:
    earlier = before(template)
    return earlier is not None and content_of(earlier) == content_of(template)


def in_force(work_kind: WorkKind | None) -> ClaimTemplate | None:
    """What a job of this kind claims when it is completed now."""
    if work_kind is None:
        return None
    return ClaimTemplate.objects.published().filter(work_kind=work_kind).order_by("-version").first()


def _next(kind: WorkKind) -> int:
    return (ClaimTemplate.objects.filter(work_kind=kind).aggregate(last=Max("version"))["last"] or 0) + 1


def _fill(draft: ClaimTemplate, content: Content) -> None:
    draft.items.all().delete()
    draft.checks.all().delete()
    items, checks = rows_of(draft, content)
    ClaimItem.objects.bulk_create(items)
    CheckItem.objects.bulk_create(checks)


def _draft(template: ClaimTemplate) -> ClaimTemplate:
    held = ClaimTemplate.objects.select_for_update(of=("self",)).filter(pk=template.pk).first()
    if held is None or not held.is_draft:
        raise Refused(_("This draft was dealt with already. It was recorded once."))
    return held


def _require_keeper(actor: Person) -> None:
    if not keepers.keeps(actor):
        raise Refused(_("Templates are drafted by maintenance planners."))


def _write(template: ClaimTemplate, actor: Person, event: str, **said: object) -> None:
    facts = {"kind": template.work_kind.code, "version": template.version, **said}
    append(
        subject=subject_of(template),
        event=f"maintenance_audit.template.{event}",
        payload={"actor": actor.pk, **facts},
    )


def _tell_publishers(draft: ClaimTemplate) -> None:
    """Those of the drafter's own workshop or above who may publish it, once a draft."""
    place = draft.drafted_by.unit.ancestor_ids
    holders = RoleHolding.objects.in_force().filter(role__in=keepers.PUBLISHERS, unit_id__in=place)
    post(
        event="maintenance_audit.template.drafted",
        key=f"template:{draft.pk}:drafted",
        recipients=set(holders.values_list("person_id", flat=True)) - set(draft.written_by),
        subject=subject_of(draft),
        context={"kind": draft.work_kind.name, "version": draft.version},
        url=reverse("template", args=[draft.pk]),
    )
