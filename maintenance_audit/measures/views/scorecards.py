"""Contractors' scorecards: beside each other for whoever oversees a unit, one's own for a contractor's people."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from maintenance_audit.measures import assessed, lists, scorecard
from maintenance_audit.measures.behind import of_month
from maintenance_audit.measures.card import Card, cards, explained
from maintenance_audit.measures.counting import SOURCE
from maintenance_audit.register.models import Contractor
from workflows.ledger.clock import now
from workflows.organisation.access import KnownRequest, signed_in
from workflows.organisation.models import Unit, UnitKind
from workflows.reports.cockpit.look import Look
from workflows.reports.cockpit.panels import Listed, plain
from workflows.reports.cockpit.views import MOST, PAGE, around, look_of, question, sheets_of
from workflows.reports.process.places import Place, Places
from workflows.reports.spreadsheet import Column, Sheet, download, workbook_of

PANELS = (
    ("lots", scorecard.strictness),
    ("rates", scorecard.rates), ("repeats", scorecard.repeats), ("findings", scorecard.findings),
    ("lateness", scorecard.lateness), ("assessed", assessed.of), ("explained", explained),
)  # fmt: skip


def own_firm(request: KnownRequest) -> Unit | None:
    return request.user.unit.at_level(UnitKind.CONTRACTOR)


def _look(request: KnownRequest) -> Look:
    """A contractor's people look at their own firm, wherever in the company it worked."""
    firm = own_firm(request)
    if firm is None:
        look = look_of(request)
        if look.unit is None:
            raise Http404("oversees nothing")
        return look
    root = Unit.objects.get(pk=firm.ancestor_ids[0])
    place = Place(root.pk, root.name, root.kind, root.path, root.code)
    given = {name: request.GET.get(name, "") for name in ("month", "length")}
    seen = Look.of(request.user, given)
    return Look(request.user, Places([place], [place.path]), place, seen.last, seen.length)


@signed_in
@require_safe
def scorecards(request: KnownRequest) -> HttpResponse:
    firm = own_firm(request)
    if firm is not None:
        return redirect("scorecard", firm.pk)
    look = _look(request)
    found = cards(look, _firms(look))
    most = scorecard.top(*found)
    shown = scorecard.table(found)
    multiples = [(card, scorecard.rate_chart(card, most)) for card in found if card.number("claims")]
    context = {"shown": shown, "multiples": multiples, "open": True, **around(look)}
    return render(request, "measures/scorecards.html", context)


@signed_in
@require_safe
def scorecards_sheet(request: KnownRequest) -> HttpResponse:
    look = _look(request)
    if own_firm(request) is not None:
        raise Http404("not the plant's")
    shown = scorecard.table(cards(look, _firms(look)))
    return download(f"scorecards-{_stamp()}", workbook_of([sheets_of("scorecards", shown)[0]]))


@signed_in
@require_safe
def scorecard_page(request: KnownRequest, firm: int) -> HttpResponse:
    look, card = _card(request, firm)
    context = {
        "card": card,
        "firm": card.firm,
        "figures": {"figures": scorecard.figures(card)},
        **{name: made(card) for name, made in PANELS},
        **around(look),
        "outside": own_firm(request) is not None,
    }
    return render(request, "measures/scorecard.html", context)


@signed_in
@require_safe
def scorecard_sheet(request: KnownRequest, firm: int) -> HttpResponse:
    _found, card = _card(request, firm)
    sheets = [sheets_of(name, made(card))[0] for name, made in PANELS]
    return download(f"scorecard-{card.firm.code}-{_stamp()}", workbook_of(sheets))


@signed_in
@require_safe
def scorecard_rows(request: KnownRequest, firm: int) -> HttpResponse:
    look, card, listed = _listed(request, firm)
    shown = Paginator(listed.found, PAGE).get_page(request.GET.get("page"))
    given = request.GET.copy()
    given.pop("page", None)
    rows = [listed.cells(one) for one in shown]
    context = {
        "card": card,
        "firm": card.firm,
        "listed": listed,
        "page": shown,
        "rows": rows,
        "words": given.urlencode(),
    }
    return render(request, "measures/rows.html", context | around(look))


@signed_in
@require_safe
def scorecard_rows_sheet(request: KnownRequest, firm: int) -> HttpResponse:
    look, card, listed = _listed(request, firm)
    columns = [Column(str(words), 18) for words in listed.head]
    sheet = Sheet(listed.title, columns, (plain(listed.cells(one)) for one in listed.found[:MOST]))
    asked = question(look, f"{card.firm.name} · {listed.title}", listed.months)
    return download(f"rows-{card.firm.code}-{_stamp()}", workbook_of([sheet, asked]))


def _card(request: KnownRequest, firm: int) -> tuple[Look, Card]:
    found = get_object_or_404(Contractor.objects.visible_to(request.user).select_related("unit"), unit=firm)
    look = _look(request)
    return look, cards(look, [found.unit], own=own_firm(request) is not None)[0]


def _listed(request: KnownRequest, firm: int) -> tuple[Look, Card, Listed]:
    look, card = _card(request, firm)
    behind = card.behind
    month = next((m for m in look.months if f"{m:%Y-%m}" == request.GET.get("of", "")), None)
    listed = lists.of(request.GET.get("what", ""), of_month(behind, month) if month else behind)
    if listed is None:
        raise Http404("no such rows")
    return look, card, listed


def _firms(look: Look) -> list[Unit]:
    """Contractors with anything in these months. One statement."""
    known = look.sums(SOURCE).parties()
    return list(Unit.objects.filter(pk__in=known, kind=UnitKind.CONTRACTOR).order_by("name"))


def _stamp() -> str:
    return f"{timezone.localtime(now()):%Y%m%d-%H%M}"
