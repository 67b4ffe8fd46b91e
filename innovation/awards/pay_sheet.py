"""The pay-out list on paper and as a spreadsheet, in the plant's usual form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from innovation.awards.pay_list import Group, Line, PayList
from workflows.notices import sentences
from workflows.reports.spreadsheet import Column, workbook
from workflows.site.moments import exact
from workflows.site.templatetags.assay import money

SOURCE = Path(__file__).parent / "typst" / "payout.typ"


def title(found: PayList) -> str:
    names = {
        "workshop": found.round.workshop.name, "month": date_format(found.round.month, "YEAR_MONTH_FORMAT"),
    }  # fmt: skip
    return _("%(workshop)s: pay-out list of the awards of %(month)s") % names


def columns() -> list[Column]:
    return [
        Column(_("No."), 6), Column(_("Unit"), 18), Column(_("Employee number")), Column(_("Name"), 12),
        Column(_("Case")), Column(_("Title"), 40), Column(_("Grade"), 10), Column(_("Share"), 8),
        Column(_("Amount (¥)")), Column(_("Kind"), 22), Column(_("Remark"), 40),
    ]  # fmt: skip


def spreadsheet(found: PayList) -> bytes:
    return workbook(title(found), columns(), _rows(found))


def _rows(found: PayList) -> Iterator[list[Any]]:
    nth = 0
    for group in found.groups:
        for line in group.lines:
            nth += 1
            yield [nth, *_cells(group, line)]
        yield ["", group.unit, _("Subtotal"), "", "", "", "", "", group.subtotal]
    yield ["", _("Total"), "", "", "", "", "", "", found.total]
    yield []
    yield ["", title(found)]
    yield ["", _("Round"), found.round.case.number, _("Confirmed"), found.round.confirmed_at]


def _cells(group: Group, line: Line) -> list[Any]:
    pay = line.payment
    return [
        group.unit, pay.person.employee_no, pay.person.name, line.number, line.title, pay.candidate.grade, line.share,
        pay.amount, line.kind, remark(line),
    ]  # fmt: skip


def remark(line: Line) -> str:
    said = [
        _("has left the plant") if line.has_left else "",
        _("award of %(month)s") % {"month": line.of_month} if line.of_month else "",
        sentences.read(line.payment.reason),
    ]
    return _("; ").join(word for word in said if word)


def _subtitle(found: PayList) -> str:
    counted = {"people": found.people, "lines": len(found.lines)}
    at = exact(found.round.confirmed_at)  # type: ignore[arg-type]
    words = _("Round %(number)s, confirmed %(at)s · %(people)s people, %(lines)s lines")
    return words % {"number": found.round.case.number, "at": at, **counted}


def sheet(found: PayList) -> dict[str, Any]:
    """What the paper says."""
    return {
        "title": title(found),
        "sub": _subtitle(found),
        "head": [_("No."), _("Employee number"), _("Name"), _("Case"), _("Grade"), _("Share"), _("Amount (¥)")],
        "groups": list(_groups(found)),
        "none": _("Nothing to pay out."),
        "subtotal": _("Subtotal"),
        "total": [_("Total"), money(found.total)],
        "signatures": [_("Drawn up by"), _("Innovation officer"), _("Finance verifier"), _("Head of the workshop")],
        "date": _("Date"),
        "footer": found.round.case.number,
    }


def _groups(found: PayList) -> Iterator[dict[str, Any]]:
    nth = 0
    for group in found.groups:
        rows = []
        for line in group.lines:
            nth += 1
            rows.append(_row(nth, line))
        yield {"unit": group.unit, "rows": rows, "subtotal": money(group.subtotal)}


def _row(nth: int, line: Line) -> dict[str, Any]:
    pay = line.payment
    said = [] if line.is_plain else [line.kind]
    return {
        "cells": [str(nth), pay.person.employee_no, pay.person.name],
        "case": [line.number, line.title],
        "remark": _("; ").join([*said, *filter(None, [remark(line)])]),
        "tail": [pay.candidate.grade, line.share, money(pay.amount)],
    }
