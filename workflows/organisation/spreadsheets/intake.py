"""A file from a stranger: its size and kind, before anything reads it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from workflows.organisation.errors import Refused
from workflows.organisation.spreadsheets import delimited, workbook
from workflows.organisation.spreadsheets.cells import MOST_BYTES

OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def refuse_size(size: int) -> None:
    if size > MOST_BYTES:
        words = {"size": -(-size // 1024**2), "most": MOST_BYTES // 1024**2}
        raise Refused(_("The file is %(size)s MB; the limit is %(most)s MB.") % words, "file")


def refuse_what_is_none(content: bytes) -> None:
    """Raises Refused at the field "file": too big, empty, or of a kind that is not read."""
    refuse_size(len(content))
    if not content.strip():
        raise Refused(_("The file is empty."), "file")
    if content.startswith(OLD_EXCEL):
        raise Refused(_("An old or encrypted Excel file. Save it as .xlsx without a password."), "file")


def grid(content: bytes) -> workbook.Grid:
    """The rows of an .xlsx's first sheet, or of a .csv. Raises Refused at the field "file"."""
    refuse_what_is_none(content)
    found = workbook.read(content) if content.startswith(b"PK") else delimited.read(content)
    if not found:
        raise Refused(_("The file is empty."), "file")
    return found
