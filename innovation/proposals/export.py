"""The list of proposals as a spreadsheet."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.proposals.models import Proposal

WIDTHS = (16, 40, 10, 18, 12, 24, 18, 14, 14, 16, 18)


def spreadsheet(proposals: Iterable[Proposal]) -> bytes:
    """Text stays text: what begins with "=" is no formula here."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(
        target, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True, "remove_timezone": True}
    ) as book:
        _fill(book, proposals)
    return target.getvalue()


def _fill(book: Any, proposals: Iterable[Proposal]) -> None:
    sheet = book.add_worksheet(_("Proposals")[:31])
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet.freeze_panes(1, 0)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.write_row(0, 0, _heads(), bold)
    for row, proposal in enumerate(proposals, start=1):
        for column, value in enumerate(_cells(proposal)):
            style = money if column in (7, 8, 9) else moment if column in (6, 10) else None
            sheet.write(row, column, value, style) if value is not None else None


def _heads() -> list[str]:
    return [
        _("Number"), _("Title"), _("Category"), _("Unit"), _("Standing"), _("Authors and shares"), _("Filed"),
        _("Cost (¥)"), _("Forecast benefit (¥)"), _("Verified benefit (¥)"), _("Verified on"),
    ]  # fmt: skip


def _cells(proposal: Proposal) -> list[Any]:
    case = proposal.case
    authors = "、".join(f"{a.person.name} {a.share}" for a in proposal.authors)  # type: ignore[attr-defined]
    return [
        case.number, case.title, proposal.get_category_display(), case.unit.name, proposal.get_status_display(),
        authors, timezone.localtime(case.filed_at), proposal.cost, proposal.forecast_benefit,
        proposal.verified_benefit, timezone.localtime(proposal.verified_at) if proposal.verified_at else None,
    ]  # fmt: skip
