"""An upload handler that stops writing at the limit: a 10 GB "photo" fills no disk and still gets its answer."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from workflows.documents.limits import MOST_BYTES


class OversizedFile(InMemoryUploadedFile):
    """A file that was too large to take. It knows its size and reads as empty, so that nobody works on half a file."""

    def __init__(self, head: bytes, *args: Any) -> None:
        super().__init__(BytesIO(), *args)
        self.head = head


class CappedUploadHandler(FileUploadHandler):
    """Stands before Django's own handlers. What is within the limit passes through untouched.

    Of what is larger only the head and the true size are kept: enough to say "the photo is 52 MB".
    """

    chunk_size = 64 * 2**10

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]
        self.seen = 0
        self.head = b""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.head = self.head or raw_data[:64]
        self.seen += len(raw_data)
        return raw_data if self.seen <= MOST_BYTES else None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if file_size <= MOST_BYTES:
            return None
        return OversizedFile(
            self.head, self.field_name, self.file_name or "", self.content_type, file_size, self.charset
        )
