"""Taking a file in: look at it, make it harmless, keep it, and only then say that it is there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from workflows.documents import holders, kinds, packages, photos, storage
from workflows.documents.exif import Taken
from workflows.documents.limits import MOST_BYTES, megabytes
from workflows.documents.models import Document, Purpose
from workflows.documents.names import shown_name
from workflows.documents.refusal import RefusedFile, StorageAway

if TYPE_CHECKING:
    from workflows.organisation.models import Person

__all__ = ["RefusedFile", "StorageAway", "erase", "known", "move", "receive"]


Apart = Callable[[Document, Taken], None]


@dataclass(frozen=True)
class _Checked:
    """A file that may be kept, and what its row will say."""

    kind: kinds.Kind
    content: IO[bytes]
    thumbnail: bytes | None
    facts: dict[str, Any]


def receive(
    *,
    actor: Person,
    token: UUID,
    holder: str,
    purpose: str,
    upload: UploadedFile,
    name: str = "",
    apart: Apart | None = None,
) -> Document:
    """Check, clean and keep `upload`; the same token by the same actor returns the document it made first.

    name: how it is shown, instead of what the upload is called.
    apart(document, taken): keeps when and where a photo was taken, in the transaction of the row, which then knows
    neither; for what must not be read yet.

    Raises `RefusedFile` with a message for the person. Whether the actor may write to `holder` is the caller's to ask.
    """
    if first := known(actor, token):
        return first
    if purpose not in Purpose:
        raise RefusedFile(_("Say what the file shows."), field="purpose")
    _check_size(upload)
    checked = _check(upload)
    if name:
        checked.facts["name"] = name + _suffix_of(checked.facts["name"])
    return _keep(checked, apart, uuid=token, uploader=actor, holder=holder, purpose=purpose)


def _suffix_of(name: str) -> str:
    return "." + name.rpartition(".")[2]


def _set_apart(checked: _Checked) -> Taken:
    facts = checked.facts
    return Taken(facts.pop("taken_at", None), facts.pop("latitude", None), facts.pop("longitude", None))


def known(actor: Person, token: UUID) -> Document | None:
    """Return what this token made; a token of somebody else's is refused without a word about theirs."""
    document = Document.objects.filter(pk=token).first()
    if document is not None and document.uploader_id != actor.pk:
        raise RefusedFile(_("This upload could not be matched. Choose the file again."), field="token")
    return document


def _check_size(upload: UploadedFile) -> None:
    size = upload.size or 0
    if size <= MOST_BYTES:
        return
    words = {"size": megabytes(size), "limit": megabytes(MOST_BYTES)}
    upload.seek(0)
    if kinds.looks_like_a_photo(getattr(upload, "head", b"") or upload.read(16)):
        raise RefusedFile(_("The photo is %(size)s; the limit is %(limit)s. Take it again or compress it.") % words)
    raise RefusedFile(_("The file is %(size)s; the limit is %(limit)s. Compress or split it.") % words)


def _check(upload: UploadedFile) -> _Checked:
    kind = kinds.detect(upload)  # type: ignore[arg-type]
    kinds.check_name(kind, upload.name or "")
    received = _digest(upload)  # type: ignore[arg-type]
    if kind.is_photo:
        return _check_photo(upload, kind, received)
    (packages.check_pdf if kind is kinds.PDF else packages.check_package)(upload)  # type: ignore[arg-type]
    facts = {
        "name": shown_name(upload.name or "", kind, kind.suffix),
        "size": upload.size,
        "digest_received": received,
        "digest_kept": received,
    }
    return _Checked(kind, upload, None, facts)  # type: ignore[arg-type]


def _check_photo(upload: UploadedFile, kind: kinds.Kind, received: str) -> _Checked:
    photo = photos.remake(upload, kind)  # type: ignore[arg-type]
    facts = {
        "name": shown_name(upload.name or "", kind, photo.kind.suffix),
        "size": len(photo.content),
        "digest_received": received,
        "digest_kept": hashlib.sha256(photo.content).hexdigest(),
        "width": photo.width,
        "height": photo.height,
        "taken_at": photo.taken.at,
        "latitude": photo.taken.latitude,
        "longitude": photo.taken.longitude,
    }
    return _Checked(photo.kind, BytesIO(photo.content), photo.thumbnail, facts)


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def _keep(checked: _Checked, apart: Apart | None, *, uuid: UUID, uploader: Person, **where: str) -> Document:
    """Bytes first, then the row that names them; whatever goes wrong in between takes the bytes away again."""
    places: list[str] = []
    taken = _set_apart(checked) if apart is not None else Taken()
    try:
        places.append(storage.keep(checked.content, checked.kind.suffix))
        if checked.thumbnail:
            places.append(storage.keep(BytesIO(checked.thumbnail), ".jpg"))
        with transaction.atomic():
            document = Document.objects.create(
                uuid=uuid,
                uploader=uploader,
                mime=checked.kind.mime,
                file=places[0],
                thumbnail=places[1] if checked.thumbnail else "",
                **where,
                **checked.facts,
            )
            if apart is not None:
                apart(document, taken)
            return document
    except IntegrityError:
        storage.drop(*places)
        if first := known(uploader, uuid):  # the same token came in twice at once, and the other was quicker
            return first
        raise
    except BaseException:
        storage.drop(*places)
        raise


def move(holder_from: str, holder_to: str, *, tokens: Iterable[UUID] | None = None) -> int:
    """Give the files of one holder to another, all or those named; return how many moved."""
    documents = Document.objects.filter(holder=holder_from)
    if tokens is not None:
        documents = documents.filter(pk__in=list(tokens))
    return documents.update(holder=holder_to)


def erase(*, actor: Person, document: Document) -> bool:
    """Take back one's own upload while it is in a draft."""
    return holders.may_erase(actor, document) and remove(document)


def remove(document: Document) -> bool:
    """Whether it may be is the caller's question. The bytes go when the row is surely gone.

    The row must still lie in the holder that was asked: a draft that was filed a moment ago keeps its files.
    """
    gone, _by_model = Document.objects.filter(pk=document.pk, holder=document.holder).delete()
    if gone:
        transaction.on_commit(lambda: storage.drop(document.file.name or "", document.thumbnail.name or ""))
    return bool(gone)
