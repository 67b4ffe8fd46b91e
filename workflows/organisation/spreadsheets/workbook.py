"""The cells of an xlsx: read only, values as they stand."""

from __future__ import annotations

import io
from collections.abc import Callable, Container, Iterator
from typing import Any, TypeVar
from zipfile import BadZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import from_excel

from workflows.organisation.errors import Refused
from workflows.organisation.spreadsheets import container
from workflows.organisation.spreadsheets.cells import MOST_COLUMNS, MOST_ROWS, Cell

Grid = list[tuple[int, list[Cell]]]
T = TypeVar("T")
MOST_MERGED = 500  # every row is held against each


def read(content: bytes) -> Grid:
    """Rows of the first sheet that are not empty, each with its number in the file. Raises Refused at "file"."""
    return _opened(content, lambda book: _grid(content, book, _pages(book)[0]))


def read_sheets(content: bytes, names: Container[str]) -> tuple[dict[str, Grid], list[str]]:
    """The rows of each sheet of such a name, and the names of the other sheets, which are not looked at."""

    def take(book: Any) -> tuple[dict[str, Grid], list[str]]:
        pages = {page.title.strip(): page for page in _pages(book)}
        found = {name: _grid(content, book, page) for name, page in pages.items() if name in names}
        return found, [name for name in pages if name not in names]

    return _opened(content, take)


def _opened(content: bytes, take: Callable[[Any], T]) -> T:
    container.examine(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        try:
            return take(book)
        finally:
            book.close()
    except Refused:
        raise
    # openpyxl and the XML parsers beneath it raise nearly anything at a broken or hostile part.
    except (BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError, OSError, EOFError):
        raise Refused(_("This spreadsheet cannot be opened. Save it again as .xlsx and try once more."), "file")


def _pages(book: Any) -> list[Any]:
    if not book.worksheets:
        raise Refused(_("The file holds no table."), "file")
    return list(book.worksheets)


def _grid(content: bytes, book: Any, page: Any) -> Grid:
    merged = _spans(content, page._worksheet_path)
    # What a file says of its own size is not believed.
    page.reset_dimensions()
    return list(_rows(page, merged))


def _spans(content: bytes, part: str) -> list[tuple[int, int, int, int]]:
    found = container.merged_in(content, part)
    if len(found) > MOST_MERGED:
        raise Refused(_("Too many merged cells. Unmerge them and fill each one."), "file")
    return [range_boundaries(ref) for ref in found]


def _rows(page: Any, merged: list[tuple[int, int, int, int]]) -> Iterator[tuple[int, list[Cell]]]:
    for number, cells in enumerate(page.iter_rows(max_col=MOST_COLUMNS + 1), start=1):
        if number > MOST_ROWS + 1:
            raise Refused(_("More than %(most)s rows. Split the file.") % {"most": MOST_ROWS}, "file")
        if len(cells) > MOST_COLUMNS and cells[MOST_COLUMNS].value is not None:
            raise Refused(_("More than %(most)s columns.") % {"most": MOST_COLUMNS}, "file")
        here = [(left, right) for left, top, right, bottom in merged if top <= number <= bottom]
        row = [_cell(cell, column, here) for column, cell in enumerate(cells, start=1)]
        if any(cell.value is not None or cell.kind != "plain" for cell in row):
            yield number, row


def _cell(cell: Any, column: int, merged: list[tuple[int, int]]) -> Cell:
    if any(left <= column <= right for left, right in merged):
        return Cell(cell.value, "merged")
    kind = {"f": "formula", "e": "error"}.get(getattr(cell, "data_type", "n"), "plain")
    return Cell(cell.value, kind)


def serial_day(number: float) -> Any:
    """The day that Excel means by a bare number. The 1904 calendar is not guessed at."""
    return from_excel(number)
