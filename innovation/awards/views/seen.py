"""What has come of the awards, for everybody who sees the rounds; and one's own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from innovation.awards.seen import drawn, figures, own, past, sheets
from innovation.proposals.views.sent import person_of
from workflows.ledger.clock import now
from workflows.reports.spreadsheet import download, workbook_of


@require_safe
def seen(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    rounds = figures.rounds(person)
    years = figures.by_year(rounds)
    year = _year(request, years)
    places = figures.by_unit(person, rounds, year)
    context = {
        "years": years,
        "year": year,
        "places": places,
        "solved": figures.solved(person, rounds, year),
        "past": past.of(person),
        "few": figures.FEW,
        "pictures": {
            "years": drawn.of_years(years),
            "units": drawn.of_units(places),
            "problems": drawn.of_problems(years),
            "benefit": drawn.of_benefit(years),
            "participation": drawn.of_participation(places),
        },
    }
    return render(request, "awards/seen.html", context)


@require_safe
def seen_sheet(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    rounds = figures.rounds(person)
    years = figures.by_year(rounds)
    year = _year(request, years)
    found = [
        sheets.of_years(years),
        sheets.of_units(figures.by_unit(person, rounds, year)),
        sheets.of_problems(figures.solved(person, rounds, year)),
    ]
    return download(f"awards-{year or 'all'}-{timezone.localtime(now()):%Y%m%d}", workbook_of(found))


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    found = own.of(person_of(request))
    paid = sum((one.paid for one in found), start=figures.ZERO)
    return render(request, "awards/mine.html", {"awards": found, "paid": paid})


@require_safe
def mine_sheet(request: HttpRequest) -> HttpResponse:
    return download("my-awards", workbook_of([sheets.of_own(own.of(person_of(request)))]))


def _year(request: HttpRequest, years: list[figures.Year]) -> int | None:
    """The year asked for, if there is one; else all of them."""
    asked = request.GET.get("year", "")
    return next((row.year for row in years if str(row.year) == asked), None)
