"""Taking a file in."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile

from workflows.documents.models import Document

if TYPE_CHECKING:
    from workflows.organisation.models import Person


class RefusedFile(Exception):
    """The file is not taken in; the message tells the person why and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def receive(*, actor: Person, token: UUID, holder: str, purpose: str, upload: UploadedFile) -> Document:
    """Check, clean and keep `upload`; the same token by the same actor returns the document it made first.

    Raises `RefusedFile` with a message for the person. Whether the actor may write to `holder` is the caller's to ask.
    """
    raise NotImplementedError


def move(holder_from: str, holder_to: str, *, tokens: list[UUID] | None = None) -> int:
    """Give the files of one holder to another, all or those named; return how many moved."""
    documents = Document.objects.filter(holder=holder_from)
    if tokens is not None:
        documents = documents.filter(pk__in=tokens)
    return documents.update(holder=holder_to)
