"""Inspections by API: a program that an inspector uses records, sends photos and seals; what is compared is read."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest
from ninja import Field, File, Form, Router, Schema, Status
from ninja.files import UploadedFile as Uploaded

from maintenance_audit.inspections import answers, offline_sheets, photos, sealing, sheet, warning
from maintenance_audit.inspections.answers import Sent
from maintenance_audit.inspections.models import Inspection, SafetyNotice
from maintenance_audit.inspections.owning import own
from maintenance_audit.inspections.page import Line, lines_of
from maintenance_audit.lots.models import DrawnJob
from workflows.documents.reception import RefusedFile
from workflows.engine.errors import BadMove, NoSuchThing
from workflows.engine.models import WorkItem
from workflows.engine.turn import turn
from workflows.organisation.api import REFUSALS, Moment, Number, Refused, actor_of
from workflows.organisation.models import Person, Unit

router = Router(tags=["inspections"])


class AnswerIn(Schema):
    key: str = Field(max_length=30, description="of the sheet: claim:…, check:…, tag")
    token: UUID = Field(description="made by the client; the same again is the same answer")
    said: dict[str, str]


class Answers(Schema):
    answers: list[AnswerIn] = Field(min_length=1, max_length=200)


class Kept(Schema):
    refused: dict[str, str] = Field(description="key → why it was not taken in; the rest is kept")


class PhotoKept(Schema):
    token: UUID
    received_at: Moment


class SealIn(Schema):
    token: UUID
    photos: list[UUID] = Field([], max_length=200, description="all that the client has; none of them may be missing")


class Sealed(Schema):
    number: str
    sealed_at: Moment


class SafetyIn(Schema):
    token: UUID
    section: str = Field(max_length=60, description="code of the section")
    place: str = Field(max_length=120)
    danger: str = Field(max_length=1000)
    reported_at: datetime | None = None


class SafetyOut(Schema):
    id: int
    section: str
    place: str
    danger: str
    received_at: Moment
    acknowledged_at: Moment | None

    @classmethod
    def of(cls, row: SafetyNotice) -> SafetyOut:
        return cls(
            id=row.pk, section=row.section.code, place=row.place, danger=row.danger, received_at=row.received_at,
            acknowledged_at=row.acknowledged_at,
        )  # fmt: skip


class SightOut(Schema):
    form: str = Field(description="site, records")
    inspector: str = Field(description="staff number; empty before the tier's last record is sealed")
    verdict: str
    value: str
    note: str
    severity: str
    nature: str
    reported_at: Moment | None
    received_at: Moment


class LineOut(Schema):
    claim: str
    label: str
    claimed: str
    sights: list[SightOut]
    ruling: str
    agreed: bool | None
    reasons: str

    @classmethod
    def of(cls, line: Line) -> LineOut:
        ruling = line.ruling
        return cls(
            claim=line.claim.key, label=line.claim.label, claimed=line.claimed,
            sights=[
                SightOut(
                    form=s.found.inspection.form, inspector=s.who.employee_no if s.who else "",
                    verdict=s.found.verdict, value=s.value, note=s.found.note, severity=s.found.severity,
                    nature=s.found.nature, reported_at=s.found.reported_at, received_at=s.found.received_at,
                )
                for s in line.sights
            ],
            ruling=ruling.verdict if ruling else "", agreed=ruling.agreed if ruling else None,
            reasons=ruling.reasons if ruling else "",
        )  # fmt: skip


@router.get("/inspections", response={200: dict[str, Any], REFUSALS: Refused}, operation_id="my_inspections")
def mine(request: HttpRequest) -> dict[str, Any]:
    """What I have to record: each with its sheet, and what I have answered so far."""
    return offline_sheets.of(actor_of(request))


@router.post("/inspections/{number}/answers", response={200: Kept, REFUSALS: Refused}, operation_id="send_answers")
def send(request: HttpRequest, number: Number, body: Answers) -> Kept:
    """Kept encrypted; nobody but me reads them before both forms are sealed."""
    row = _own(request, number)
    sent = [Sent(one.key, one.token, one.said) for one in body.answers]
    return Kept(refused=answers.keep(row, sent, sheet.of(row)))


@router.post(
    "/inspections/{number}/photos", response={200: PhotoKept, 201: PhotoKept, REFUSALS: Refused},
    operation_id="send_inspection_photo",
)  # fmt: skip
def send_photo(
    request: HttpRequest, number: Number, token: Form[UUID], key: Form[str], file: File[Uploaded]
) -> Status[PhotoKept]:
    """Sent again it is the same photo."""
    upload: UploadedFile = file
    try:
        document, new = photos.add(
            _own(request, number), actor=actor_of(request), token=token, key=key[:30], upload=upload, reported={}
        )
    except RefusedFile as told:
        raise BadMove(told.message, field=told.field) from told
    return Status(201 if new else 200, PhotoKept(token=document.pk, received_at=document.received_at))


@router.post("/inspections/{number}/seal", response={200: Sealed, REFUSALS: Refused}, operation_id="seal_inspection")
def seal(request: HttpRequest, number: Number, body: SealIn) -> Sealed:
    """It stands from then on. The second of a job's two brings the comparison."""
    person, row = actor_of(request), _own(request, number)
    item = WorkItem.objects.filter(case=row.case_id, person=person).order_by("-pk").values_list("pk", flat=True).first()
    if item is None:
        raise NoSuchThing
    with turn(actor=person, number=number, item_id=item, token=body.token) as held:
        sealing.seal_in_turn(held, expected=body.photos)
    done = Inspection.objects.get(pk=row.pk)
    assert done.sealed_at is not None
    return Sealed(number=number, sealed_at=done.sealed_at)


@router.get("/comparisons/{drawn_job}", response={200: list[LineOut], REFUSALS: Refused}, operation_id="comparison")
def comparison(request: HttpRequest, drawn_job: int) -> list[LineOut]:
    """Both forms of a drawn job side by side, once both are sealed."""
    readable = Inspection.objects.opened_to(actor_of(request)).filter(drawn_job=drawn_job)
    if readable.count() < 2:
        raise NoSuchThing
    found = DrawnJob.objects.select_related("draw", "lot_job__job").get(pk=drawn_job)
    return [LineOut.of(line) for line in lines_of(found, actor_of(request))]


@router.post(
    "/safety-notices", response={200: SafetyOut, 201: SafetyOut, REFUSALS: Refused}, operation_id="send_safety_notice"
)
def warn(request: HttpRequest, body: SafetyIn) -> Status[SafetyOut]:
    """Place and danger, to the section at once; no claim and no verdict."""
    person = actor_of(request)
    section = _section(person, body.section)
    notice, new = warning.send(
        actor=person, token=body.token, section=section, place=body.place, danger=body.danger,
        reported_at=body.reported_at,
    )  # fmt: skip
    notice.section = section
    return Status(201 if new else 200, SafetyOut.of(notice))


@router.get("/safety-notices", response={200: list[SafetyOut], REFUSALS: Refused}, operation_id="safety_notices")
def notices(request: HttpRequest) -> list[SafetyOut]:
    """The last hundred that I may read."""
    return [SafetyOut.of(row) for row in warning.visible_to(actor_of(request))[:100]]


def _own(request: HttpRequest, number: str) -> Inspection:
    try:
        return own(actor_of(request), number)
    except Http404:
        raise NoSuchThing from None


def _section(person: Person, code: str) -> Unit:
    found = warning.sections_for(person).filter(code=code).first()
    if found is None:
        raise NoSuchThing
    return found
