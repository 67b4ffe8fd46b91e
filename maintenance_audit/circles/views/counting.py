"""What circles came to: figures, their spreadsheet, and the circles behind each."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from maintenance_audit.circles import drawn, figures
from workflows.engine import kinds
from workflows.ledger.clock import now
from workflows.organisation.access import KnownRequest, signed_in
from workflows.reports.spreadsheet import download, workbook_of

PAGE = 50


@signed_in
@require_safe
def circle_figures(request: KnownRequest) -> HttpResponse:
    figure = figures.of(request.user, request.GET.get("year", ""))
    context = {
        "figure": figure,
        "by_unit": drawn.picture(figure.units),
        "by_year": drawn.picture(figure.years[::-1]),
        "year_words": f"year={figure.year}" if figure.year else "",
    }
    return render(request, "circles/figures.html", context)


@signed_in
@require_safe
def circle_sheet(request: KnownRequest) -> HttpResponse:
    figure = figures.of(request.user, request.GET.get("year", ""))
    return download(f"circles-{timezone.localtime(now()):%Y%m%d}", workbook_of(drawn.sheets(figure)))


@signed_in
@require_safe
def circles_counted(request: HttpRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "") for name in ("what", "unit", "year")}
    page = Paginator(figures.behind(request.user, **asked), PAGE).get_page(request.GET.get("page"))  # type: ignore[arg-type]
    standings = kinds.get("circle").standings
    rows = [(one, *standings[one.case.standing]) for one in page]
    query = request.GET.copy()
    query.pop("page", None)
    return render(request, "circles/counted.html", {"page": page, "rows": rows, "words": query.urlencode()})
