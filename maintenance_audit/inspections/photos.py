"""Photos of a record that is not opened yet: nobody but the inspector has them, and what they show, when and where lies
encrypted beside them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from maintenance_audit.inspections import answers, sheet
from maintenance_audit.inspections.models import Inspection, Photo
from workflows.documents import reception
from workflows.documents.exif import Taken
from workflows.documents.models import Document, Purpose
from workflows.documents.reception import RefusedFile, receive
from workflows.engine.errors import BadMove
from workflows.ledger.sealing import open_sealed, seal
from workflows.organisation.models import Person

MOST = 60  # in one record


def holder_of(inspection: Inspection) -> str:
    return f"inspection:{inspection.case_id}"


def add(
    inspection: Inspection, *, actor: Person, token: UUID, key: str, upload: UploadedFile, reported: Mapping[str, str]
) -> tuple[Document, bool]:
    """One photo, sent as often as the phone likes. Returns it and whether it is new. Raises RefusedFile, BadMove.

    reported: the phone's `at`, `latitude` and `longitude`, where it says them, and `taken_at` if it has read it of a
    photo that it has drawn anew; what the camera wrote into the bytes that come comes first.
    """
    first = reception.known(actor, token)
    if first is not None:
        return first, False
    answers.may_write(inspection)
    if key not in sheet.of(inspection).keys:
        raise BadMove(_("This question is not part of your sheet."), field="key")
    if Photo.objects.filter(inspection=inspection).count() >= MOST:
        raise RefusedFile(_("At most %(most)s photos in one record.") % {"most": MOST})

    def apart(document: Document, taken: Taken) -> None:
        answers.lock(inspection)
        facts = {"key": key, "reported": dict(reported)} | _told(taken)
        Photo.objects.create(inspection=inspection, document=document, facts=_sealed(document.pk, facts))

    document = receive(
        actor=actor, token=token, holder=holder_of(inspection), purpose=Purpose.EVIDENCE, upload=upload,
        name=f"IMG-{token.hex[:8]}", apart=apart,
    )  # fmt: skip
    return document, True


def drop(inspection: Inspection, *, actor: Person, token: UUID) -> bool:
    """Take a photo out of a record that is not sealed."""
    answers.may_write(inspection)
    photo = Photo.objects.filter(inspection=inspection, document=token, document__uploader=actor).first()
    if photo is None:
        return False
    document = photo.document
    photo.delete()
    return reception.remove(document)


def told(photo: Photo) -> dict[str, Any]:
    """What lies encrypted beside it: the question it answers, and when and where it was taken."""
    _salt, body = open_sealed(bytes(photo.facts or b""), _place(photo.document_id))
    facts: dict[str, Any] = json.loads(body)
    return facts


def of(inspection: Inspection) -> dict[str, list[Document]]:
    """By the question that they answer, in the order in which they came in."""
    found: dict[str, list[Document]] = {}
    for photo in Photo.objects.filter(inspection=inspection).select_related("document").order_by("pk"):
        key = told(photo)["key"] if photo.facts else f"claim:{photo.claim_id}"
        found.setdefault(key, []).append(photo.document)
    return found


def _told(taken: Taken) -> dict[str, str]:
    place = {"latitude": str(taken.latitude), "longitude": str(taken.longitude)} if taken.latitude is not None else {}
    return place | ({"taken_at": taken.at.isoformat()} if taken.at else {})


def _sealed(token: UUID, facts: Mapping[str, Any]) -> bytes:
    return seal(secrets.token_hex(16), json.dumps(facts, ensure_ascii=False), _place(token))


def _place(token: UUID) -> str:
    return f"inspection-photo:{token}"
