"""A long spreadsheet read row by row from the disk: memory does not grow with it.

The same cells as `workbook` and `delimited` read, for files that are too long to be held at once.
"""

from __future__ import annotations

import codecs
import csv
import io
import tempfile
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from django.utils.translation import gettext as _
from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from workflows.organisation.errors import Refused
from workflows.organisation.spreadsheets import container
from workflows.organisation.spreadsheets.cells import Cell
from workflows.organisation.spreadsheets.intake import OLD_EXCEL

MOST_BYTES = 20 * 1024 * 1024  # what the site takes at all
MOST_ROWS = 200_000
MOST_COLUMNS = 60
MOST_UNPACKED = 600 * 1024 * 1024
PIECE = 256 * 1024
Row = tuple[int, list[Cell]]


def rows(file: IO[bytes]) -> Iterator[Row]:
    """Rows that are not empty, each with its number in the file, the header first. Raises Refused at "file"."""
    file.seek(0)
    first = file.read(8)
    if first.startswith(OLD_EXCEL):
        raise Refused(_("An old or encrypted Excel file. Save it as .xlsx without a password."), "file")
    yield from _of_workbook(file) if first.startswith(b"PK") else _of_text(file)


# ---------------------------------------------------------------------------------------------------------------- csv
def _of_text(file: IO[bytes]) -> Iterator[Row]:
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(io.BufferedReader(_Kept(file)), encoding=encoding, newline="")
    try:
        first = text.readline()
        text.seek(0)
        delimiter = max(",;\t", key=first.count)
        for number, values in enumerate(csv.reader(text, delimiter=delimiter), start=1):
            _require_size(number, len(values))
            if any(value.strip() for value in values):
                yield (
                    number,
                    [Cell(value, "formula" if value.lstrip().startswith("=") else "plain") for value in values],
                )
    except UnicodeDecodeError:
        raise Refused(_("The characters of this file cannot be read. Save it as UTF-8 or GBK."), "file")
    except csv.Error:
        raise Refused(_("The rows of this file cannot be told apart. Save it again as .csv or .xlsx."), "file")
    finally:
        text.detach()


def _written(value: str) -> Cell:
    return Cell(value, "formula" if value.lstrip().startswith("=") else "plain")


class _Kept(io.RawIOBase):
    """The file for a text reader that would close it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, place: int, whence: int = 0) -> int:
        return self.file.seek(place, whence)

    def tell(self) -> int:
        return self.file.tell()

    def readinto(self, buffer: Any) -> int:
        read = self.file.read(len(buffer))
        buffer[: len(read)] = read
        return len(read)


def _encoding(file: IO[bytes]) -> str:
    """UTF-16 by its mark, else UTF-8 if every byte of it is, else GB18030."""
    file.seek(0)
    if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        if _decodes(file, encoding):
            return encoding
    raise Refused(_("The characters of this file cannot be read. Save it as UTF-8 or GBK."), "file")


def _decodes(file: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while piece := file.read(PIECE):
            if "\0" in decoder.decode(piece):
                raise Refused(_("This is no spreadsheet. Use .xlsx or .csv."), "file")
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


# --------------------------------------------------------------------------------------------------------------- xlsx
def _of_workbook(file: IO[bytes]) -> Iterator[Row]:
    file.seek(0)
    container.examine_file(file, MOST_UNPACKED)
    with _opened(file) as book:
        if not book.worksheets:
            raise Refused(_("The file holds no table."), "file")
        page = book.worksheets[0]
        # What a file says of its own size is not believed.
        page.reset_dimensions()
        for number, cells in enumerate(page.iter_rows(max_col=MOST_COLUMNS + 1), start=1):
            _require_size(number, len(cells) if cells and cells[-1].value is not None else 0)
            row = [Cell(cell.value, KINDS.get(getattr(cell, "data_type", "n"), "plain")) for cell in cells]
            if any(cell.value is not None or cell.kind != "plain" for cell in row):
                yield number, row


KINDS = {"f": "formula", "e": "error"}


@contextmanager
def _opened(file: IO[bytes]) -> Iterator[Any]:
    try:
        reader = _Reader(file)
        try:
            reader.read()
            yield reader.wb
        finally:
            reader.archive.close()
            reader.strings.close()
    except Refused:
        raise
    # openpyxl and the XML parsers beneath it raise nearly anything at a broken or hostile part.
    except (BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, ParseError, SyntaxError, OSError,
            EOFError):  # fmt: skip
        raise Refused(_("This spreadsheet cannot be opened. Save it again as .xlsx and try once more."), "file")


class _Reader(ExcelReader):
    """openpyxl's own, but the texts that cells share are kept on the disk."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file, read_only=True, keep_links=False)
        self.strings = _Texts()

    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)
        if part is not None:
            with self.archive.open(part.PartName[1:]) as source:
                self.strings.fill(source)
        self.shared_strings = self.strings  # type: ignore[assignment]


class _Texts:
    """A list of texts in a temporary file: eight bytes of memory a text."""

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 (closed by the reader)
        self.ends = array("Q", [0])

    def fill(self, source: IO[bytes]) -> None:
        root, tag, end = None, f"{{{SHEET_MAIN_NS}}}si", 0
        for event, node in iterparse(source, events=("start", "end")):
            root = node if root is None else root
            if event == "end" and node.tag == tag:
                end += self.file.write(Text.from_tree(node).content.replace("x005F_", "").encode("utf-8", "replace"))
                self.ends.append(end)
                root.clear()

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __getitem__(self, n: int) -> str:
        if not 0 <= n < len(self):
            raise IndexError(n)
        self.file.seek(self.ends[n])
        return self.file.read(self.ends[n + 1] - self.ends[n]).decode()

    def close(self) -> None:
        self.file.close()


def _require_size(number: int, width: int) -> None:
    if number > MOST_ROWS + 1:
        raise Refused(_("More than %(most)s rows. Split the file.") % {"most": MOST_ROWS}, "file")
    if width > MOST_COLUMNS:
        raise Refused(_("More than %(most)s columns.") % {"most": MOST_COLUMNS}, "file")
