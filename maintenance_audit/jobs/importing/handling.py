"""What the uploader does with a file: hand it in, say what its columns mean, confirm, put it away, go on."""

from __future__ import annotations

import hashlib
import tempfile
from itertools import islice
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from maintenance_audit.jobs.importing import progress, staging
from maintenance_audit.jobs.importing.mapping import Mapping
from maintenance_audit.jobs.models import ImportState, JobImport
from maintenance_audit.register import keepers
from workflows.documents import storage
from workflows.ledger.clock import now
from workflows.organisation.errors import Refused
from workflows.organisation.models import Person
from workflows.organisation.spreadsheets import stream
from workflows.organisation.spreadsheets.cells import Cell

SAMPLE = 8


def hand_in(*, actor: Person, name: str, file: UploadedFile | IO[bytes]) -> JobImport:
    """Keep the file and read its head. Raises Refused at the field "file"; brings nothing in."""
    if not keepers.keeps(actor):
        raise Refused(_("Jobs are brought in by maintenance planners."))
    with tempfile.TemporaryFile() as kept:
        digest = _copied(file, kept)
        head = list(islice(stream.rows(kept), SAMPLE + 1))
        if len(head) < 2:
            raise Refused(_("Below the header there are no rows.") if head else _("The file is empty."), "file")
        headers = [_said(cell)[:60] for cell in head[0][1]]
        if not any(headers):
            raise Refused(_("The first row has to name the columns."), "file")
        place = storage.keep(kept, ".xlsx" if name.lower().endswith("x") else ".csv")
    source = hashlib.sha256("\x1f".join(headers).encode("utf-8", "replace")).hexdigest()
    sample = [[_said(cell)[:80] for cell in cells] for _number, cells in head[1:]]
    return JobImport.objects.create(
        uploader=actor, name=name[-255:], file=place, digest=digest, source=source, headers=headers, sample=sample,
        uploaded_at=now(), moved_at=now(),
    )  # fmt: skip


def _copied(file: Any, into: IO[bytes]) -> str:
    digest, size = hashlib.sha256(), 0
    for piece in file.chunks() if hasattr(file, "chunks") else iter(lambda: file.read(64 * 1024), b""):
        digest.update(piece)
        size += into.write(piece)
        if size > stream.MOST_BYTES:
            raise Refused(
                _("The file is too large; the limit is %(most)s MB.") % {"most": stream.MOST_BYTES >> 20}, "file"
            )
    if not size:
        raise Refused(_("The file is empty."), "file")
    return digest.hexdigest()


def _said(cell: Cell) -> str:
    return " ".join(str("" if cell.value is None else cell.value).replace("\x00", "").split())


@transaction.atomic
def name_columns(*, actor: Person, upload: JobImport, mapping: Mapping) -> None:
    """Say what the columns mean, and have the whole file read by it. May be said anew until it is confirmed."""
    held = _held(actor, upload, ImportState.MAPPING, ImportState.CHECKED, ImportState.FAILED)
    held.mapping, held.counts, held.failure = mapping.as_json(), {}, ""
    _go(held, ImportState.CHECKING)


@transaction.atomic
def confirm(*, actor: Person, upload: JobImport) -> None:
    """Bring in what the preview showed; it is written in the background."""
    held = _held(actor, upload, ImportState.CHECKED)
    if not held.counts.get("new"):
        raise Refused(_("Nothing in it is new."))
    held.total = held.counts["rows"] - held.counts["bad"]
    _go(held, ImportState.APPLYING)


@transaction.atomic
def go_on(*, actor: Person, upload: JobImport) -> None:
    """After it stopped: from where it was, or the reading anew."""
    held = _held(actor, upload, ImportState.FAILED)
    held.failure = ""
    _go(held, ImportState.APPLYING if held.counts.get("new") and held.made else ImportState.CHECKING, keep=True)


@transaction.atomic
def discard(*, actor: Person, upload: JobImport) -> None:
    """Before anything of it came in."""
    held = _held(actor, upload, ImportState.MAPPING, ImportState.CHECKED, ImportState.FAILED)
    if held.made:
        raise Refused(_("A part of it came in already; let it go on."))
    held.state, held.moved_at = ImportState.DISCARDED, now()
    held.save(update_fields=["state", "moved_at"])
    staging.clear(held)
    place = str(held.file.name)
    transaction.on_commit(lambda: storage.drop(place))


def _held(actor: Person, upload: JobImport, *states: str) -> JobImport:
    held = JobImport.objects.select_for_update().get(pk=upload.pk, uploader=actor)
    if held.state not in states:
        raise Refused(_("This file was dealt with already. It was recorded once."))
    if not keepers.keeps(actor):
        raise Refused(_("Jobs are brought in by maintenance planners."))
    return held


def _go(held: JobImport, state: str, *, keep: bool = False) -> None:
    held.state, held.moved_at = state, now()
    if not keep:
        held.done = 0
    held.save()
    progress.wake(held.pk)
