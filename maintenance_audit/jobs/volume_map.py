"""Keeping what became of merged and split tags and kinds of work: written by planners, retired, never edited."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from maintenance_audit.jobs.models import JobMapping, JobMappingRow
from maintenance_audit.register import keepers
from maintenance_audit.register.models import Equipment, WorkKind
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.organisation.errors import Refused
from workflows.organisation.models import Person, Unit, UnitKind


class Became(NamedTuple):
    old: str
    new: str
    orders: Decimal
    share: Decimal


def subject_of(mapping: JobMapping) -> str:
    return f"job_mapping:{mapping.pk}"


def workshop_of(person: Person) -> Unit | None:
    return person.unit.at_level(UnitKind.WORKSHOP)


@transaction.atomic
def write(*, actor: Person, by: str, note: str, rows: Sequence[Became]) -> JobMapping:
    workshop = workshop_of(actor)
    if workshop is None or not keepers.keeps(actor):
        raise Refused(_("The map is kept by the workshop's maintenance planners."))
    _require_sense(actor, by, rows)
    made = JobMapping.objects.create(workshop=workshop, by=by, note=note[:200], made_by=actor, made_at=now())
    JobMappingRow.objects.bulk_create(JobMappingRow(mapping=made, **row._asdict()) for row in rows)
    said = [[row.old, row.new, str(row.orders), str(row.share)] for row in rows]
    _record(made, actor, "added", by=by, note=made.note, rows=said)
    return made


@transaction.atomic
def retire(*, actor: Person, mapping: JobMapping) -> None:
    held = JobMapping.objects.select_for_update().get(pk=mapping.pk)
    if not keepers.keeps(actor):
        raise Refused(_("The map is kept by the workshop's maintenance planners."))
    if held.retired_at is None:
        held.retired_at = now()
        held.save(update_fields=["retired_at"])
        _record(held, actor, "retired")


def _record(mapping: JobMapping, actor: Person, event: str, **said: object) -> None:
    payload = {"actor": actor.pk, **said}
    append(subject=subject_of(mapping), event=f"maintenance_audit.job_mapping.{event}", payload=payload)


def _require_sense(actor: Person, by: str, rows: Sequence[Became]) -> None:
    if not rows:
        raise Refused(_("Say at least one thing that became another."))
    pairs = [(row.old, row.new) for row in rows]
    if len(set(pairs)) < len(pairs):
        raise Refused(_("The same two stand in two rows."))
    known = _known(actor, by, {code for pair in pairs for code in pair})
    unknown = sorted({code for pair in pairs for code in pair} - known)
    if unknown:
        raise Refused(_("The register has no %(codes)s.") % {"codes": _(", ").join(unknown[:5])})
    for old in {row.old for row in rows}:
        whole = sum(row.share for row in rows if row.old == old)
        if whole > 1:
            raise Refused(_("The shares of %(old)s make %(sum)s, more than the whole.") % {"old": old, "sum": whole})
    if any(row.old == row.new and (row.orders, row.share) == (1, 1) for row in rows):
        raise Refused(_("A row that changes nothing says nothing."))


def _known(actor: Person, by: str, codes: set[str]) -> set[str]:
    if by == JobMapping.By.TAG:
        return set(Equipment.objects.visible_to(actor).filter(tag__in=codes).values_list("tag", flat=True))
    return set(WorkKind.objects.filter(code__in=codes).values_list("code", flat=True))
