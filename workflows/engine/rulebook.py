"""Rule versions: drafted by one, published by another with a from-date, never edited after."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from pydantic import ValidationError

from workflows.engine import kinds
from workflows.engine.errors import BadMove, Late, NotYours
from workflows.engine.models import RuleVersion
from workflows.ledger.canonical import canonical
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.notices.outbox import post
from workflows.organisation.models import Person, Role, RoleHolding, Unit
from workflows.organisation.roles import holds


def subject_of(version: RuleVersion) -> str:
    return f"rules:{version.kind}:{version.unit_id}"


def digest_of(content: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def checked(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """The content, if the kind's schema holds; else BadMove naming the first place that does not."""
    try:
        kinds.ruled(kind).rules_schema.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadMove(_("The rules do not hold at %(where)s.") % {"where": where or "/"}, field=where) from error
    return content


def may_draft(person: Person, unit: Unit) -> bool:
    """A drafter or a publisher at the unit or above may draft."""
    return any(holds(person, role, unit.path, at_or_above=True) for role in (Role.RULE_DRAFTER, Role.RULE_PUBLISHER))


def may_publish(person: Person, version: RuleVersion) -> bool:
    publisher = holds(person, Role.RULE_PUBLISHER, version.unit.path, at_or_above=True)
    return publisher and version.drafted_by_id != person.pk


@transaction.atomic
def draft(*, actor: Person, kind: str, unit: Unit, content: dict[str, Any], note: str = "") -> RuleVersion:
    """Write the next version of the unit's rules as a draft."""
    if not may_draft(actor, unit):
        raise NotYours
    checked(kind, content)
    Unit.objects.select_for_update().get(pk=unit.pk)  # one draft at a time takes the next number
    last = RuleVersion.objects.filter(kind=kind, unit=unit).aggregate(last=Max("number"))["last"] or 0
    version = RuleVersion.objects.create(
        kind=kind,
        unit=unit,
        number=last + 1,
        content=content,
        digest=digest_of(content),
        note=note[:200],
        drafted_by=actor,
        drafted_at=now(),
    )
    _write(version, actor, "drafted")
    return version


@transaction.atomic
def redraft(*, actor: Person, version_id: int, content: dict[str, Any], note: str = "") -> RuleVersion:
    """Change a draft. Whoever changes it becomes its drafter, so that the publisher is always somebody else.

    What was submitted before is a draft again until it is submitted anew.
    """
    version = _locked(version_id)
    if not may_draft(actor, version.unit):
        raise NotYours
    version.content, version.digest = checked(version.kind, content), digest_of(content)
    version.note, version.drafted_by, version.drafted_at = note[:200], actor, now()
    version.submitted_at = None
    version.save()
    _write(version, actor, "drafted")
    return version


def changes_nothing(version: RuleVersion) -> bool:
    """Does it say what the version in force at its unit says? Values left out count as their defaults."""
    before = RuleVersion.objects.in_force(version.kind, version.unit.ancestor_ids)
    if before is None or before.unit_id != version.unit_id:
        return False  # the unit's first rules of its own bind even if they repeat what stands above
    schema = kinds.ruled(version.kind).rules_schema
    return schema.model_validate(before.content) == schema.model_validate(version.content)


@transaction.atomic
def submit(*, actor: Person, version_id: int) -> RuleVersion:
    """Hand a draft to the publishers: it says what changes and why, and it changes something."""
    version = _locked(version_id)
    if not may_draft(actor, version.unit):
        raise NotYours
    if not version.note.strip():
        raise BadMove(_("Say what changes and why; the publisher reads it first."), field="note")
    if changes_nothing(version):
        raise BadMove(_("Nothing differs from the rules in force; change something first."), field="content")
    if version.submitted_at is None:
        version.submitted_at = now()
        version.save(update_fields=["submitted_at"])
        _write(version, actor, "submitted")
        _tell_publishers(version)
    return version


@transaction.atomic
def send_back(*, actor: Person, version_id: int, reason: str) -> RuleVersion:
    """The publisher gives a submitted draft back to its drafter, and says why."""
    version = _locked(version_id)
    if not may_publish(actor, version):
        raise NotYours
    if version.submitted_at is None:
        raise BadMove(_("This draft has not been submitted."))
    if not reason.strip():
        raise BadMove(_("Say what should be different; the drafter will read it."), field="reason")
    version.submitted_at = None
    version.save(update_fields=["submitted_at"])
    _write(version, actor, "sent_back", reason=reason.strip()[:200])
    post(
        event="engine.rules.sent_back",
        key=f"rules:{version.pk}:sent_back:{now().isoformat()}",
        recipients=[version.drafted_by_id],
        subject=subject_of(version),
        context={"number": version.number, "who": actor.name, "reason": reason.strip()[:200]},
        url=reverse("rule_detail", args=[version.pk]),
    )
    return version


@transaction.atomic
def publish(*, actor: Person, version_id: int, read: str, effective_from: datetime | None = None) -> RuleVersion:
    """Put a draft in force from a moment that is not past. Cases under way keep the version they were filed under.

    `read`: the digest of what the publisher has read; a draft that says something else by now is not published.
    """
    version = _locked(version_id)
    if not may_publish(actor, version):
        raise NotYours
    if version.submitted_at is None:
        raise BadMove(_("This draft has not been submitted."))
    if version.digest != read:
        raise BadMove(_("The draft was changed since you opened it. Read what it says now."))
    checked(version.kind, version.content)
    moment = now()
    if effective_from is not None and effective_from < moment:
        raise BadMove(_("Rules cannot be put in force for time that has passed."), field="effective_from")
    version.state, version.published_by, version.published_at = RuleVersion.State.PUBLISHED, actor, moment
    version.effective_from = effective_from or moment
    version.save()
    _write(version, actor, "published")
    return version


def _tell_publishers(version: RuleVersion) -> None:
    """Those who may publish it hear of each submission."""
    publishers = RoleHolding.objects.in_force().filter(role=Role.RULE_PUBLISHER, unit_id__in=version.unit.ancestor_ids)
    post(
        event="engine.rules.drafted",
        key=f"rules:{version.pk}:submitted:{version.submitted_at:%Y%m%d%H%M%S%f}",
        recipients=set(publishers.values_list("person_id", flat=True)) - {version.drafted_by_id},
        subject=subject_of(version),
        context={"number": version.number},
        url=reverse("rule_detail", args=[version.pk]),
    )


def _locked(version_id: int) -> RuleVersion:
    version = RuleVersion.objects.select_for_update(of=("self",)).select_related("unit").get(pk=version_id)
    if version.state != RuleVersion.State.DRAFT:
        raise Late("publish", version.published_by, version.published_at)
    return version


def _write(version: RuleVersion, actor: Person, event: str, **more: str) -> None:
    from_date = version.effective_from.isoformat() if version.effective_from else None
    append(
        subject=subject_of(version),
        event=f"engine.rules.{event}",
        payload={
            "actor": actor.employee_no,
            "number": version.number,
            "digest": version.digest,
            "content": version.content,
            "from": from_date,
            "note": version.note,
            **more,
        },
    )
