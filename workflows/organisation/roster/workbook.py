"""The cells of an xlsx: first sheet, read only, values as they stand."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from zipfile import BadZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import from_excel

from workflows.organisation.errors import Refused
from workflows.organisation.roster import container
from workflows.organisation.roster.sheet import MOST_COLUMNS, MOST_ROWS, Cell

Grid = list[tuple[int, list[Cell]]]


def read(content: bytes) -> Grid:
    """Rows that are not empty, each with its number in the file. Raises Refused at the file's field."""
    container.examine(content)
    try:
        return _read(content)
    except Refused:
        raise
    # openpyxl and the XML parsers beneath it raise nearly anything at a broken or hostile part.
    except (BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError, OSError, EOFError):
        raise Refused(_("This spreadsheet cannot be opened. Save it again as .xlsx and try once more."), "file")


def _read(content: bytes) -> Grid:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    try:
        if not book.worksheets:
            raise Refused(_("The file holds no table."), "file")
        page: Any = book.worksheets[0]
        merged = _spans(content, page._worksheet_path)
        # What a file says of its own size is not believed.
        page.reset_dimensions()
        return list(_rows(page, merged, book.epoch))
    finally:
        book.close()


def _spans(content: bytes, part: str) -> list[tuple[int, int, int, int]]:
    return [range_boundaries(ref) for ref in container.merged_in(content, part)]


def _rows(page: Any, merged: list[tuple[int, int, int, int]], epoch: Any) -> Iterator[tuple[int, list[Cell]]]:
    for number, cells in enumerate(page.iter_rows(max_col=MOST_COLUMNS + 1), start=1):
        if number > MOST_ROWS + 1:
            raise Refused(_("More than %(most)s rows. Split the file.") % {"most": MOST_ROWS}, "file")
        if len(cells) > MOST_COLUMNS and cells[MOST_COLUMNS].value is not None:
            raise Refused(_("More than %(most)s columns.") % {"most": MOST_COLUMNS}, "file")
        row = [_cell(cell, number, column, merged, epoch) for column, cell in enumerate(cells, start=1)]
        if any(cell.value is not None or cell.kind != "plain" for cell in row):
            yield number, row


def _cell(cell: Any, row: int, column: int, merged: list[tuple[int, int, int, int]], epoch: Any) -> Cell:
    if any(left <= column <= right and top <= row <= bottom for left, top, right, bottom in merged):
        return Cell(cell.value, "merged")
    kind = {"f": "formula", "e": "error"}.get(getattr(cell, "data_type", "n"), "plain")
    return Cell(cell.value, kind)


def serial_day(number: float) -> Any:
    """The day that Excel means by a bare number. The 1904 calendar is not guessed at."""
    return from_excel(number)
