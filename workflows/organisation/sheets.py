"""Spreadsheets going out: the people list, and the roster's template. Nothing in them is ever a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from workflows.ledger.clock import now
from workflows.organisation.models.person import PersonQuerySet

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def people(found: PersonQuerySet) -> HttpResponse:
    """The list as filtered, in the columns that the roster import reads, so that it can come back changed."""
    rows = (
        [p.employee_no, p.name, p.unit.code, p.title, p.email, p.joined_on, p.unit.name,
         _("in use") if p.is_active else _("closed")]
        for p in found.select_related("unit").iterator(chunk_size=500)
    )  # fmt: skip
    head = [*roster_head(), _("Unit"), _("Account")]
    day = timezone.localdate(now()).isoformat()
    return _download(f"people-{day}.xlsx", _("People"), head, rows)


def template() -> HttpResponse:
    rows = [["10001", "韩铸", "RL-SSL-1", _("furnace operator"), "", date(2019, 7, 1)]]
    return _download("roster.xlsx", _("Roster"), roster_head(), rows)


def roster_head() -> list[str]:
    return [_("Employee no."), _("Name"), _("Unit code"), _("Post"), _("Mail"), _("Joined")]


def _download(filename: str, sheet: str, head: list[str], rows: Iterable[list[Any]]) -> HttpResponse:
    response = HttpResponse(written(sheet, head, rows), content_type=MIME)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def written(sheet: str, head: list[str], rows: Iterable[list[Any]]) -> bytes:
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        page = book.add_worksheet(sheet[:31])
        page.freeze_panes(1, 0)
        page.set_column(0, len(head) - 1, 16)
        page.write_row(0, 0, head, book.add_format({"bold": True}))
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        text = book.add_format({"num_format": "@"})
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    page.write_datetime(number, column, value, day)
                elif value is not None:
                    page.write_string(number, column, str(value), text)
    return target.getvalue()
