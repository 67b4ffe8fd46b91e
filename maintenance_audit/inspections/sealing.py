"""Sealing: the record becomes one encrypted entry of its chain. Only when it is complete and everything has arrived."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maintenance_audit.inspections import answers, photos, sheet
from maintenance_audit.inspections.answers import Answer
from maintenance_audit.inspections.models import Inspection, Photo
from maintenance_audit.inspections.sheet import Sheet
from maintenance_audit.lots import independence
from workflows.engine.errors import BadMove
from workflows.engine.turn import Turn
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.store.gathering import change

SEALED = "maintenance_audit.inspection.sealed"


def seal_in_turn(held: Turn, *, expected: Collection[UUID] = (), unsent: int = 0) -> None:
    """The inspector's own turn. `expected`: photos that their device has; `unsent`: answers that it still keeps.

    Raises BadMove with what is missing.
    """
    inspection = answers.lock(held.case.inspection)  # type: ignore[attr-defined]
    answers.may_write(inspection)
    asked, given = sheet.of(inspection), answers.of(inspection)
    _may_still_check(inspection, asked, held)
    _is_whole(inspection, asked, given, expected, unsent)
    stamp = append(
        subject=f"case:{held.case.pk}", event=SEALED, payload=_record(inspection, asked, given, held), sealed=True
    )
    row: Inspection = held.case.inspection  # type: ignore[attr-defined]
    row.sealed_at, row.sealed_seq = now(), stamp.seq
    change(row, "sealed_at", "sealed_seq")
    answers.forget(row)
    held.complete()


def _may_still_check(inspection: Inspection, asked: Sheet, held: Turn) -> None:
    """A tie or an employment that came up since the draw; the lot draws on by itself."""
    lot = inspection.drawn_job.draw.lot
    barred = independence.barred(lot, [asked.job.pk], [held.actor.pk])
    if held.actor.pk in barred.get(asked.job.pk, {}):
        raise BadMove(_("You may no longer check this job; the next in the ranking comes in."))


def _is_whole(
    inspection: Inspection, asked: Sheet, given: Mapping[str, Answer], expected: Collection[UUID], unsent: int
) -> None:
    if unsent:
        raise BadMove(
            ngettext(
                "%(n)s answer has not been sent yet.", "%(n)s answers have not been sent yet.", unsent
            ) % {"n": unsent}
        )  # fmt: skip
    lacking = answers.lacking(asked, given)
    if lacking:
        count = len(lacking)
        raise BadMove(
            ngettext(
                "%(n)s answer is missing before you can seal.", "%(n)s answers are missing before you can seal.", count
            ) % {"n": count}
        )  # fmt: skip
    here = set(Photo.objects.filter(inspection=inspection, document__in=expected).values_list("document_id", flat=True))
    if out := len(set(expected) - here):
        raise BadMove(
            ngettext("%(n)s photo has not arrived yet.", "%(n)s photos have not arrived yet.", out) % {"n": out}
        )


def _record(inspection: Inspection, asked: Sheet, given: Mapping[str, Answer], held: Turn) -> dict[str, Any]:
    """Everything that was said, with both times of each answer and the digests of each photo."""
    taken = Photo.objects.filter(inspection=inspection).select_related("document").order_by("pk")
    return {
        "form": inspection.form,
        "job": asked.job.number,
        "inspector": held.actor.employee_no,
        "claims": {sheet.key_of(claim): {"key": claim.key, "label": claim.label} for claim in asked.claims},
        "checks": {f"check:{check.place}": check.text for check in asked.checks},
        "answers": {
            key: dict(given[key].said) | {"received_at": given[key].received_at.isoformat()} for key in asked.keys
        },
        "photos": [
            {"token": str(photo.document_id), "received_at": photo.document.received_at.isoformat(),
             "digest_received": photo.document.digest_received, "digest_kept": photo.document.digest_kept}
            | photos.told(photo)
            for photo in taken
        ],
    }  # fmt: skip
