"""An xlsx is a zip from a stranger: looked at from outside before anything unpacks it."""

from __future__ import annotations

import io
import re
import zipfile
from typing import IO

from django.utils.translation import gettext as _

from workflows.organisation.errors import Refused

MOST_PARTS = 500
MOST_UNPACKED = 40 * 1024 * 1024
MOST_RATIO = 120
MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref=[\"']([A-Z]{1,3}[0-9]{1,7})(?::([A-Z]{1,3}[0-9]{1,7}))?[\"']")


def examine(content: bytes) -> None:
    """Refuse what is too big unpacked, has macros, or is no spreadsheet. zipfile never reads past a declared size."""
    examine_file(io.BytesIO(content), MOST_UNPACKED)


def examine_file(file: IO[bytes], most: int) -> None:
    """The same for a file on the disk, of at most so many bytes unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Refused(_("This spreadsheet cannot be opened. Save it again as .xlsx and try once more."), "file")
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if len(parts) > MOST_PARTS or unpacked > most or unpacked / packed > MOST_RATIO:
        raise Refused(_("Unpacked, this file is far too big. It was not opened."), "file")
    names = {part.filename.lower() for part in parts}
    if any("vbaproject" in name for name in names):
        raise Refused(_("This file contains macros. Save it as .xlsx without macros."), "file")
    if "xl/workbook.xml" not in names:
        raise Refused(_("This is no spreadsheet. Use .xlsx or .csv."), "file")


def merged_in(content: bytes, part: str) -> list[str]:
    """Top left cells of the merged ranges of one worksheet part, which openpyxl's reading mode does not tell."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(part.lstrip("/")) as stream:
        return [f"{a.decode()}:{b.decode()}" for a, b in MERGED.findall(stream.read(MOST_UNPACKED))]
