"""The cockpit's pages: all panels, the rows behind a figure, and each as a spreadsheet."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from workflows.engine.errors import NoSuchThing
from workflows.engine.views.acts import to
from workflows.ledger.clock import now
from workflows.organisation.access import KnownRequest, signed_in
from workflows.organisation.roles import held_by
from workflows.reports.cockpit import counting, panels
from workflows.reports.cockpit.look import LENGTHS, Look
from workflows.reports.spreadsheet import Column, Sheet, download, workbook_of

PAGE, MOST = 50, 10_000


def look_of(request: KnownRequest) -> Look:
    """A contractor's people see their own pages, and nothing of the plant's."""
    if any(held.role == "contractor" for held in held_by(request.user)):
        raise Http404("not the plant's")
    try:
        return Look.of(request.user, request.GET)
    except NoSuchThing:
        raise Http404("no such unit")


@signed_in
@require_safe
def cockpit(request: KnownRequest) -> HttpResponse:
    look = look_of(request)
    found = [(panel, panel.of(look)) for panel in panels.all_panels()] if look.unit else []
    return render(request, "reports/cockpit/cockpit.html", {"panels": found, **around(look)})


@signed_in
@require_safe
def cockpit_rows(request: KnownRequest, panel: str) -> HttpResponse:
    look, described, listed = _listed(request, panel)
    shown = Paginator(listed.found, PAGE).get_page(request.GET.get("page"))
    given = request.GET.copy()
    given.pop("page", None)
    rows = [listed.cells(one) for one in shown]
    context = {"panel": described, "listed": listed, "page": shown, "rows": rows, "words": given.urlencode()}
    return render(request, "reports/cockpit/rows.html", context | around(look))


@signed_in
@require_safe
def cockpit_rows_sheet(request: KnownRequest, panel: str) -> HttpResponse:
    look, described, listed = _listed(request, panel)
    rows = (panels.plain(listed.cells(one)) for one in listed.found[:MOST])
    sheet = Sheet(listed.title, [Column(str(words), 18) for words in listed.head], rows)
    return download(
        f"{panel}-rows-{_stamp()}",
        workbook_of([sheet, question(look, f"{described.title} · {listed.title}", listed.months)]),
    )


@signed_in
@require_safe
def cockpit_sheet(request: KnownRequest, panel: str) -> HttpResponse:
    look, described = look_of(request), _panel(panel)
    if look.unit is None:
        raise Http404("oversees nothing")
    found = [*sheets_of(described.title, described.of(look)), question(look, described.definition, look.months)]
    return download(f"{panel}-{_stamp()}", workbook_of(found))


@signed_in
@require_POST
def cockpit_recount(request: KnownRequest) -> HttpResponse:
    """Count the closed months anew that were touched since. Whoever sees the cockpit may ask; it changes no fact."""
    look = look_of(request)
    if look.unit is None:
        raise Http404("oversees nothing")
    counting.refresh()
    return to(f"{reverse('cockpit')}?{look.address()}")


def sheets_of(title: Any, shown: panels.Shown) -> list[Sheet]:
    figures = [[str(one.label), one.words, one.note] for one in shown.figures]
    columns = [Column(str(words), 18) for words in shown.head]
    table = Sheet(str(title), columns, (panels.plain(row) for row in shown.rows))
    head = [Column(_("Figure"), 28), Column(pgettext("indicator", "Value"), 20), Column(_("Note"), 40)]
    return [table, Sheet(_("Figures"), head, figures)]


def question(look: Look, counted: Any, months: list[date]) -> Sheet:
    """What was asked, so that a file says by itself what it is. `months`: none where what stands now is counted."""
    rows: list[list[Any]] = [
        [_("Unit, and below"), look.unit.name if look.unit else ""],
        [_("Months"), f"{months[0]:%Y-%m} — {months[-1]:%Y-%m}" if months else _("whenever it was")],
        [_("What is counted"), str(counted)],
        [_("When"), now()],
    ]
    return Sheet(_("What was asked"), [Column(_("Question"), 20), Column(_("Answer"), 60)], rows)


def around(look: Look) -> dict[str, Any]:
    """What stands on every page: unit, month and length, with their addresses."""
    present = look.latest
    index = present.year * 12 + present.month - 36
    months = counting.months_between(type(present)(index // 12, index % 12 + 1, 1), present)
    return {
        "look": look,
        "months": months[::-1],
        "lengths": [(n, words, look.address(length=n)) for n, words in LENGTHS.items()],
        "address": look.address(),
    }


def _listed(request: KnownRequest, name: str) -> tuple[Look, panels.Panel, panels.Listed]:
    look, described = look_of(request), _panel(name)
    listed = described.rows(look, request.GET) if look.unit else None
    if listed is None:
        raise Http404("no such rows")
    return look, described, listed


def _panel(name: str) -> panels.Panel:
    found = panels.get(name)
    if found is None:
        raise Http404(name)
    return found


def _stamp() -> str:
    return f"{timezone.localtime(now()):%Y%m%d-%H%M}"
