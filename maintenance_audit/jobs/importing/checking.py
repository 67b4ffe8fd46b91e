"""Reading the whole file once: every row staged or named as bad, and nothing brought in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from maintenance_audit.jobs.importing import staging
from maintenance_audit.jobs.importing.mapping import Mapping
from maintenance_audit.jobs.importing.meaning import Meant, Reader, value_of
from maintenance_audit.jobs.importing.staging import Checks, Ground
from maintenance_audit.jobs.models import ImportState, JobImport
from workflows.ledger.clock import now
from workflows.organisation.errors import Refused
from workflows.organisation.spreadsheets import stream
from workflows.organisation.spreadsheets.cells import letters

CHUNK = 2000
MOST_VALUES = 60


def check(upload: JobImport) -> None:
    """Stage the file anew and count what it would do. Raises Refused where the file as a whole cannot be used."""
    with override(upload.uploader.language), default_storage.open(str(upload.file.name)) as file:
        mapping, ground = Mapping.of(upload), Ground.of(upload.uploader)
        if mapping.firm_rule == "turn":
            mapping.firm_of = _in_turn(mapping, file)
            JobImport.objects.filter(pk=upload.pk).update(mapping=mapping.as_json())
        staging.clear(upload)
        _stage(upload, mapping, file)
        Checks(upload, mapping, ground).run()
    counts = staging.counted(upload)
    _move(upload, state=ImportState.CHECKED, counts=counts, done=counts["rows"], total=counts["rows"])


def _stage(upload: JobImport, mapping: Mapping, file: Any) -> None:
    reader = Reader(mapping, timezone.localdate(now()))
    rows = islice(stream.rows(file), 1, None)
    done = 0
    while chunk := [(number, reader.read(number, cells)) for number, cells in islice(rows, CHUNK)]:
        told = [(meant.values, bool(meant.faults)) for _number, meant in chunk]
        staging.write(upload, told, (fault for number, meant in chunk for fault in _faults(upload, number, meant)))
        done += len(chunk)
        _move(upload, done=done)
    if not done:
        raise Refused(_("Below the header there are no rows."), "file")


def _faults(upload: JobImport, number: int, meant: Meant) -> Iterator[tuple[Any, ...]]:
    for index, value, reason in meant.faults:
        column, header = (letters(index), upload.headers[index]) if 0 <= index < len(upload.headers) else ("", "")
        yield number, column, header, value[:60], reason[:200], False


def _in_turn(mapping: Mapping, file: Any) -> dict[str, str]:
    """Each value of the column in the order of code points takes the next of the contractors."""
    values: set[str] = set()
    for _number, cells in islice(stream.rows(file), 1, None):
        values.add(value_of(cells, mapping.firm_by))
        if len(values) > MOST_VALUES:
            raise Refused(_("The column that contractors go by holds more than %(n)s values.") % {"n": MOST_VALUES}, "")
    named = sorted(values - {""})
    return {value: mapping.firms[nth % len(mapping.firms)] for nth, value in enumerate(named)}


def _move(upload: JobImport, **fields: Any) -> None:
    JobImport.objects.filter(pk=upload.pk).update(moved_at=now(), **fields)
