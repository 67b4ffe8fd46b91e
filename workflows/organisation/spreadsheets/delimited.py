"""The cells of a csv: UTF-8 with or without a mark, GBK/GB18030 as Excel in China saves it, or UTF-16."""

from __future__ import annotations

import codecs
import csv
import io

from django.utils.translation import gettext as _

from workflows.organisation.errors import Refused
from workflows.organisation.spreadsheets.cells import MOST_COLUMNS, MOST_ROWS, Cell
from workflows.organisation.spreadsheets.workbook import Grid


def read(content: bytes) -> Grid:
    text = decoded(content)
    if "\0" in text:
        raise Refused(_("This is no spreadsheet. Use .xlsx or .csv."), "file")
    try:
        return _rows(text)
    except csv.Error:
        raise Refused(_("The rows of this file cannot be told apart. Save it again as .csv or .xlsx."), "file")


def decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        # GBK text is hardly ever valid UTF-8, so the strict one goes first.
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(_("The characters of this file cannot be read. Save it as UTF-8 or GBK."), "file")


def _rows(text: str) -> Grid:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    grid: Grid = []
    for number, values in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
        if number > MOST_ROWS + 1:
            raise Refused(_("More than %(most)s rows. Split the file.") % {"most": MOST_ROWS}, "file")
        if len(values) > MOST_COLUMNS:
            raise Refused(_("More than %(most)s columns.") % {"most": MOST_COLUMNS}, "file")
        if any(value.strip() for value in values):
            grid.append((number, [_cell(value) for value in values]))
    return grid


def _cell(value: str) -> Cell:
    return Cell(value, "formula" if value.lstrip().startswith("=") else "plain")
