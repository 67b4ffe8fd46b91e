"""The pay-out list: looked at, printed, taken to payroll as a spreadsheet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from innovation.awards import access, pay_list, pay_sheet
from innovation.proposals.views.sent import person_of
from workflows.reports import pdf
from workflows.reports.spreadsheet import download


def _asked(request: HttpRequest, number: str) -> pay_list.PayList:
    return pay_list.of(access.with_list(person_of(request), number))


@require_safe
def payout(request: HttpRequest, number: str) -> HttpResponse:
    found = _asked(request, number)
    return render(
        request, "awards/payout.html", {"round": found.round, "list": found, "words_left": _("Has left the plant")}
    )


@require_safe
def payout_sheet(request: HttpRequest, number: str) -> HttpResponse:
    return download(f"{number}-payout", pay_sheet.spreadsheet(_asked(request, number)))


@require_safe
def payout_print(request: HttpRequest, number: str) -> HttpResponse:
    return pdf.shown(f"{number}-payout", pdf.printed(pay_sheet.SOURCE, pay_sheet.sheet(_asked(request, number))))
