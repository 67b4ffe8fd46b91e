"""A table as a spreadsheet file. What begins with "=" is text here and never a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
FORMATS = {"money": "#,##0.00", "moment": "yyyy-mm-dd hh:mm", "day": "yyyy-mm-dd"}


@dataclass(frozen=True)
class Column:
    title: str
    width: int = 16


@dataclass(frozen=True)
class Sheet:
    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]


def workbook(title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> bytes:
    """One sheet with a frozen head. Aware moments are written in plant time, sums as numbers to the fen."""
    return workbook_of([Sheet(title, columns, rows)])


def workbook_of(sheets: Iterable[Sheet]) -> bytes:
    """Several sheets; their titles must differ."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        styles = {name: book.add_format({"num_format": words}) for name, words in FORMATS.items()}
        bold = book.add_format({"bold": True})
        for sheet in sheets:
            _fill(book.add_worksheet(sheet_name(sheet.title)), sheet, styles, bold)
    return target.getvalue()


def _fill(page: Any, sheet: Sheet, styles: dict[str, Any], bold: Any) -> None:
    page.freeze_panes(1, 0)
    page.write_row(0, 0, [column.title for column in sheet.columns], bold)
    for n, column in enumerate(sheet.columns):
        page.set_column(n, n, column.width)
    for n, row in enumerate(sheet.rows, start=1):
        for place, value in enumerate(row):
            _write(page, n, place, value, styles)


def _write(sheet: Any, row: int, place: int, value: Any, styles: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        sheet.write_datetime(row, place, timezone.localtime(value).replace(tzinfo=None), styles["moment"])
    elif isinstance(value, date):
        sheet.write_datetime(row, place, datetime(value.year, value.month, value.day), styles["day"])  # noqa: DTZ001
    elif isinstance(value, Decimal):
        sheet.write_number(row, place, value, styles["money"])
    elif isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(row, place, value)
    else:
        sheet.write_string(row, place, str(value))


def sheet_name(title: str) -> str:
    """Excel refuses some characters, and more than 31 of any."""
    return "".join(c for c in title if c not in "[]:*?/\\")[:31] or "1"


def download(name: str, content: bytes) -> HttpResponse:
    return HttpResponse(
        content, content_type=MIME, headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    )
