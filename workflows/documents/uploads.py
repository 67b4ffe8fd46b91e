"""An upload handler that stops writing at the limit: a 10 GB "photo" fills no disk and still gets its answer."""

from __future__ import annotations

from io import BytesIO

from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from workflows.documents.limits import MOST_BYTES


class CappedUploadHandler(FileUploadHandler):
    """Stands before Django's own handlers. What is within the limit passes through untouched.

    Of what is larger the head is kept, with the true size: enough to say "the photo is 52 MB".
    """

    chunk_size = 64 * 2**10

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]
        self.seen = 0
        self.head = b""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.head = self.head or raw_data
        self.seen += len(raw_data)
        return raw_data if self.seen <= MOST_BYTES else None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if file_size <= MOST_BYTES:
            return None
        return InMemoryUploadedFile(
            BytesIO(self.head), self.field_name, self.file_name or "", self.content_type, file_size, self.charset
        )
