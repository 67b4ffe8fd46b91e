"""Handing in a file, and reading one back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from ninja import Field, File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from workflows.documents import holders, reception, views
from workflows.documents.models import Document
from workflows.organisation.api import REFUSALS, Moment, PerMinute, Refused, Short, actor_of, by_person

router = Router(tags=["documents"])
MOST_A_MINUTE = 120  # a phone that comes back from a day without signal sends its photos one after the other
BYTES = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}


class DocumentShown(Schema):
    uuid: UUID
    holder: str = Field(description='what it belongs to, as "case:12"')
    purpose: str
    name: str
    mime: str
    size: int
    digest_received: str = Field(description="SHA-256 of the bytes that came")
    digest_kept: str = Field(description="SHA-256 of the bytes that are kept: photos are made anew")
    taken_at: Moment | None = Field(description="what the camera says; the server's own time is received_at")
    received_at: Moment

    @classmethod
    def of(cls, document: Document) -> DocumentShown:
        return cls(uuid=document.pk, **{name: getattr(document, name) for name in cls.model_fields if name != "uuid"})


class Upload(Schema):
    token: UUID = Field(description="made by you; the same one again is the same file")
    holder: Short = Field(description="what it belongs to, as `holder` of a case")
    purpose: Short = Field("other", description="before, after, evidence, calculation or other")


@router.post(
    "/documents",
    throttle=PerMinute("upload", MOST_A_MINUTE, by_person),
    response={200: DocumentShown, 201: DocumentShown, REFUSALS: Refused},
    operation_id="upload",
)
def upload(request: HttpRequest, file: File[UploadedFile], form: Form[Upload]) -> Status[DocumentShown]:
    """Hand in a photo, PDF, xlsx or docx of up to 20 MB: 201, or 200 when this token has been here before.

    The holder has to take files from you now. Before a proposal is filed: /drafts/{token}/documents.
    """
    actor = actor_of(request)
    known = reception.known(actor, form.token)
    if known is not None:
        return Status(200, DocumentShown.of(known))
    if not holders.may_write(actor, form.holder):
        raise Http404
    holders.check_purpose(actor, form.holder, form.purpose)
    document = reception.receive(actor=actor, token=form.token, holder=form.holder, purpose=form.purpose, upload=file)
    return Status(201, DocumentShown.of(document))


@router.get("/documents/{uuid}", response={200: DocumentShown, REFUSALS: Refused}, operation_id="document")
def document(request: HttpRequest, uuid: UUID) -> DocumentShown:
    """What a file is, with its digests."""
    found = get_object_or_404(Document, pk=uuid)
    if not holders.may_read(actor_of(request), found.holder):
        raise Http404
    return DocumentShown.of(found)


@router.get(
    "/documents/{uuid}/content",
    response={REFUSALS: Refused},
    openapi_extra={"responses": {200: {"description": "The bytes", **BYTES}}},
    operation_id="document_content",
)
def document_content(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """The bytes, as the page gives them out."""
    view: Any = views.download_document
    return view(request, pk=uuid)
