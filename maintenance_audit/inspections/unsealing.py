"""Both records of a drawn job are sealed: what they say is put beside it, readable. Nobody comes here before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from maintenance_audit.inspections.answers import parse_moment
from maintenance_audit.inspections.models import Checked, Found, Inspection, Photo
from maintenance_audit.lots.models import Draw
from workflows.documents.models import Document
from workflows.engine.models import Case
from workflows.ledger.clock import now
from workflows.ledger.entries import append, unseal
from workflows.ledger.models import Entry

PASSED = {"yes": True, "no": False, "na": None}


def record_of(inspection: Inspection) -> Mapping[str, Any]:
    """What the sealed entry says. Whoever calls answers for the moment being right."""
    chain = f"case:{inspection.case_id}"
    entry = Entry.objects.select_related("payload").get(chain__subject=chain, seq=inspection.sealed_seq or 0)
    return unseal(entry)


def name_inspectors(draw: Draw) -> None:
    """For `lots.checking`: the tier's last record is sealed, who checked is no secret any more."""
    opened = Inspection.objects.filter(drawn_job__draw=draw, opened_at__isnull=False)
    Case.objects.filter(pk__in=opened.values("case")).update(reserved=False)


def open_record(inspection: Inspection, *, named: bool) -> None:
    """As many statements for a record of a hundred claims as for one of three. `named`: its case, which names who
    checked, may be read, too."""
    record = record_of(inspection)
    said: Mapping[str, Mapping[str, str]] = record["answers"]
    Found.objects.bulk_create(
        _found(inspection, key, answer) for key, answer in said.items() if key.startswith("claim:")
    )
    Checked.objects.bulk_create(
        Checked(inspection=inspection, place=_number(key), text=record["checks"][key], passed=PASSED[answer["passed"]])
        for key, answer in said.items()
        if key.startswith("check:")
    )
    _open_photos(inspection, record["photos"])
    tag = said.get("tag", {})
    inspection.tag_how, inspection.tag_said = tag.get("how", ""), tag.get("said", "")
    inspection.tag_seen_at = parse_moment(tag.get("at", ""))
    inspection.opened_at = now()
    inspection.save(update_fields=["tag_how", "tag_said", "tag_seen_at", "opened_at"])
    case = inspection.case
    if named:
        case.reserved = False
        case.save(update_fields=["reserved"])
    append(
        subject=f"case:{case.pk}", event="maintenance_audit.inspection.opened", payload={"seq": inspection.sealed_seq}
    )


def _found(inspection: Inspection, key: str, answer: Mapping[str, str]) -> Found:
    return Found(
        inspection=inspection,
        claim_id=_number(key),
        verdict=answer["verdict"],
        value=Decimal(answer["value"]) if answer.get("value") else None,
        note=answer.get("note", ""),
        severity=answer.get("severity", ""),
        nature=answer.get("nature", ""),
        reported_at=parse_moment(answer.get("at", "")),
        received_at=datetime.fromisoformat(answer["received_at"]),
    )


def _open_photos(inspection: Inspection, told: list[Mapping[str, Any]]) -> None:
    facts = {UUID(one["token"]): one for one in told}
    photos = list(Photo.objects.filter(inspection=inspection).select_related("document"))
    for photo in photos:
        one = facts[photo.document_id]
        photo.claim_id = _number(one["key"]) if one["key"].startswith("claim:") else None
        photo.reported_at = parse_moment(one["reported"].get("at", ""))
        photo.facts = None
        document = photo.document
        document.taken_at = parse_moment(one.get("taken_at") or one["reported"].get("taken_at", ""))
        document.latitude, document.longitude = _place(one) or _place(one["reported"]) or (None, None)
    Photo.objects.bulk_update(photos, ["claim", "reported_at", "facts"])
    Document.objects.bulk_update([photo.document for photo in photos], ["taken_at", "latitude", "longitude"])


def _place(told: Mapping[str, str]) -> tuple[Decimal, Decimal] | None:
    try:
        latitude, longitude = Decimal(told["latitude"]), Decimal(told["longitude"])
    except (KeyError, InvalidOperation):
        return None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    return round(latitude, 6), round(longitude, 6)


def _number(key: str) -> int:
    return int(key.partition(":")[2])
