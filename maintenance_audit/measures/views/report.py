"""The monthly audit report of a workshop: months to pick, the sheet of paper, the spreadsheet."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from maintenance_audit.measures import report
from workflows.organisation.access import KnownRequest, signed_in
from workflows.organisation.models import UnitKind
from workflows.reports import pdf
from workflows.reports.cockpit.counting import months_between
from workflows.reports.cockpit.look import Look
from workflows.reports.cockpit.views import look_of
from workflows.reports.months import month_of
from workflows.reports.process.places import Place
from workflows.reports.spreadsheet import download, workbook_of

YEARS = 3


def workshops(look: Look) -> list[Place]:
    """Those that the reader oversees, whole."""
    return [place for place in look.places.choices if place.kind == UnitKind.WORKSHOP]


@signed_in
@require_safe
def audit_reports(request: KnownRequest) -> HttpResponse:
    look = look_of(request)
    last = look.latest
    months = months_between(last.replace(year=last.year - YEARS), last)[::-1]
    return render(request, "measures/reports.html", {"workshops": workshops(look), "months": months})


@signed_in
@require_safe
def audit_report_pdf(request: KnownRequest, workshop: int, month: str) -> HttpResponse:
    made = _report(request, workshop, month)
    return pdf.shown(f"audit-{month}", pdf.printed(report.TYPST, report.sheet(made)))


@signed_in
@require_safe
def audit_report_sheet(request: KnownRequest, workshop: int, month: str) -> HttpResponse:
    return download(f"audit-{month}", workbook_of(report.sheets(_report(request, workshop, month))))


def _report(request: KnownRequest, workshop: int, month: str) -> report.Report:
    look = look_of(request)
    first = month_of(month)
    place = next((one for one in workshops(look) if one.pk == workshop), None)
    if place is None or first is None or first > look.latest:
        raise Http404("no such workshop or month")
    return report.of(Look(request.user, look.places, place, first, 1))
