"""PDF, xlsx and docx: kept as they came, after a look at what they are made of.

They are never opened by the server and are served as downloads only; these checks turn away what no honest file of
the plant has.
"""

from __future__ import annotations

import zipfile
from typing import IO

from django.utils.translation import gettext as _

from workflows.documents.limits import MOST_PARTS, MOST_UNPACKED, megabytes
from workflows.documents.refusal import RefusedFile

_ACTIVE = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")
_PADDING = b"\r\n\t \x00\x1a"
_CHUNK = 1024 * 1024


def main_part(file: IO[bytes]) -> str:
    """Return which Office part the package is built round, or nothing for any other archive."""
    names = {part.filename for part in _parts(file)}
    if "[Content_Types].xml" not in names:
        return ""
    return next((name for name in ("xl/workbook.xml", "word/document.xml") if name in names), "")


def check_package(file: IO[bytes]) -> None:
    """Refuse macros, passwords and bombs. Only the directory is read; nothing is unpacked."""
    parts = _parts(file)
    if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
        raise RefusedFile(_("The file carries macros. Save it as xlsx or docx without macros."))
    if any(part.flag_bits & 1 for part in parts):
        raise RefusedFile(_("The file has a password. Save it without one."))
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED or len(parts) > MOST_PARTS:
        raise RefusedFile(
            _("Unpacked, the file is %(size)s; the limit is %(limit)s. Split it.")
            % {"size": megabytes(unpacked), "limit": megabytes(MOST_UNPACKED)}
        )


def _parts(file: IO[bytes]) -> list[zipfile.ZipInfo]:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, UnicodeError, ValueError, OSError):
        raise RefusedFile(_("The file is incomplete or damaged. Save it anew and send it again."))
    finally:
        file.seek(0)


def check_pdf(file: IO[bytes]) -> None:
    """Refuse a PDF that is cut off, that is a second thing at the same time, or that says it does things."""
    if not _end(file).rstrip(_PADDING).endswith(b"%%EOF"):
        raise RefusedFile(
            _("The PDF is incomplete, or something else is attached to its end. Save it anew and send it again.")
        )
    file.seek(0)
    if zipfile.is_zipfile(file) or _mentions(file, _ACTIVE):
        raise RefusedFile(_("The PDF carries scripts or attachments. Print it to a new PDF and send that."))


def _end(file: IO[bytes]) -> bytes:
    size = file.seek(0, 2)
    file.seek(max(0, size - 2048))
    return file.read()


def _mentions(file: IO[bytes], words: tuple[bytes, ...]) -> bool:
    """Say whether any word stands in the file, also across the border of two chunks."""
    file.seek(0)
    tail, longest = b"", max(map(len, words))
    while chunk := file.read(_CHUNK):
        window = tail + chunk
        if any(word in window for word in words):
            return True
        tail = window[-longest:]
    return False
