"""The analytics' pages: each figure with its picture, its table, its spreadsheet and the rows behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from workflows.engine import kinds
from workflows.engine.errors import NoSuchThing
from workflows.ledger.clock import now
from workflows.organisation.access import signed_in
from workflows.reports.process import funnel, months, people, pictures, returns, sheets, times, waiting
from workflows.reports.process.asked import PERIOD_WORDS, Asked
from workflows.reports.process.listing import Cases, Returned, Visits
from workflows.reports.process.privacy import FEW
from workflows.reports.spreadsheet import Sheet, download, workbook_of

PAGE, REASONS, MOST = 50, 20, 10_000
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Figure:
    """One page: how it is reckoned, written into a spreadsheet and drawn."""

    name: str
    label: Any
    of: Callable[[Asked], Any]
    sheets: Callable[[Asked, Any], Iterable[Sheet]]
    drawn: Callable[[Any], dict[str, Any]] = lambda figure: {}
    of_one_kind: bool = False


def _months_drawn(figure: months.MonthsFigure) -> dict[str, Any]:
    return {"picture": pictures.of_months(figure), "lateness": pictures.of_lateness(figure)}


FIGURES = (
    Figure("times", _("Time at each step"), times.of, sheets.of_times, lambda f: {"picture": pictures.of_times(f)}),
    Figure("waiting", _("Who waits for whom"), waiting.of, sheets.of_waiting,
           lambda f: {"picture": pictures.of_waiting(f)}),
    Figure("returns", _("Returns and their reasons"), returns.of, sheets.of_returns,
           lambda f: {"picture": pictures.of_returns(f)}),
    Figure("funnel", _("Funnel"), funnel.of, sheets.of_funnel, lambda f: {"picture": pictures.of_funnel(f)}, True),
    Figure("months", _("By month"), months.of, sheets.of_months, _months_drawn, True),
    Figure("people", _("My times"), people.of, sheets.of_people),
)  # fmt: skip


def asked_by(request: HttpRequest) -> Asked:
    try:
        return Asked.of(request.user, request.GET)  # type: ignore[arg-type]
    except NoSuchThing:
        raise Http404("no such unit")


def page(figure: Figure) -> View:
    @signed_in
    @require_safe
    def show(request: HttpRequest) -> HttpResponse:
        asked = asked_by(request)
        found = figure.of(asked)
        context = {"figure": found, **figure.drawn(found), **around(asked, figure)}
        if figure.name == "returns":
            context["reasons"] = Returned(asked, {}).all()[:REASONS]
        return render(request, f"reports/process/{figure.name}.html", context)

    return show


def export(figure: Figure) -> View:
    @signed_in
    @require_safe
    def take(request: HttpRequest) -> HttpResponse:
        asked = asked_by(request)
        asked = asked.of_one_kind() if figure.of_one_kind else asked
        found = [*figure.sheets(asked, figure.of(asked)), sheets.question(asked)]
        return download(f"{figure.name}-{_stamp()}", workbook_of(found))

    return take


def around(asked: Asked, figure: Figure | None) -> dict[str, Any]:
    """What stands on every page: the other figures, the conditions, and the words of the address."""
    shown = asked.of_one_kind() if figure and figure.of_one_kind else asked
    address = asked.address()
    return {
        "asked": shown,
        "here": figure,
        "address": f"{address}&" if address else "",
        "tabs": [(f, f"{reverse(f'process_{f.name}')}?{address}") for f in FIGURES],
        "kinds": kinds.all_kinds(),
        "periods": [
            (name, words, asked.address(period=name, since="", until="")) for name, words in PERIOD_WORDS.items()
        ],
        "few": FEW,
        "standings": shown.described.standings,
    }


@signed_in
@require_safe
def visits(request: HttpRequest) -> HttpResponse:
    asked = asked_by(request)
    look = Visits(asked, request.GET)
    shown = Paginator(look.ordered(), PAGE).get_page(request.GET.get("page"))
    context = {"page": shown, "rows": look.rows(list(shown)), "look": look, "words": asked.address(**look.words)}
    return render(request, "reports/process/visits.html", context | around(asked, None))


@signed_in
@require_safe
def export_visits(request: HttpRequest) -> HttpResponse:
    asked = asked_by(request)
    look = Visits(asked, request.GET)
    found = [sheets.of_visits(look.rows(list(look.ordered()[:MOST]))), sheets.question(asked)]
    return download(f"visits-{_stamp()}", workbook_of(found))


@signed_in
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    asked = asked_by(request).of_one_kind()
    look = Cases(asked, request.GET)
    shown = Paginator(look.all(), PAGE).get_page(request.GET.get("page"))
    rows = [(case, *kinds.kind_of(case).standings.get(case.standing, ("", "none"))) for case in shown]
    context = {"page": shown, "rows": rows, "look": look, "words": asked.address(**look.words)}
    return render(request, "reports/process/cases.html", context | around(asked, None))


@signed_in
@require_safe
def reasons(request: HttpRequest) -> HttpResponse:
    asked = asked_by(request)
    look = Returned(asked, request.GET)
    shown = Paginator(look.all(), PAGE).get_page(request.GET.get("page"))
    context = {"page": shown, "reasons": list(shown), "look": look, "words": asked.address(**look.words)}
    return render(request, "reports/process/reasons.html", context | around(asked, None))


def _stamp() -> str:
    return f"{timezone.localtime(now()):%Y%m%d-%H%M}"


__all__ = ["FIGURES", "cases", "export", "export_visits", "page", "reasons", "visits"]
