"""Every figure of cockpit and scorecard over three seeded years: its number, and exactly the rows behind it."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from innovation.awards.cockpit.counting import INNOVATION
from innovation.awards.seen import figures as seen
from maintenance_audit.findings.models import Finding
from maintenance_audit.measures.card import cards
from maintenance_audit.measures.counting import AUDIT
from maintenance_audit.measures.scorecard import figures as card_figures
from maintenance_audit.measures.views import scorecards as card_views
from tests.measures import twins
from tests.measures.ideas import Ideas
from tests.measures.listing import listed
from tests.measures.twins import WORDS, Hand, Twin, numbers
from tests.measures.years import Years
from workflows.engine import plant_calendar
from workflows.organisation.models import Person
from workflows.reports.cockpit import counting, panels
from workflows.reports.cockpit.look import Look
from workflows.reports.cockpit.panels import Shown, plain
from workflows.store import statistics

pytestmark = pytest.mark.django_db
MONTH = re.compile(r"[?&]of=([^&]*)")
HREF = re.compile(r'href="(/[^"]*)"')


@pytest.fixture(scope="module")
def lived(written: Years, django_db_blocker: Any) -> Iterator[Years]:
    """Proposals and awards beside the years of maintenance, all closed months counted."""
    with django_db_blocker.unblock(), transaction.atomic():
        for year in range(written.all_months[0].year, written.present.year + 1):
            plant_calendar.import_year(year)
        Ideas(written).write()
        statistics.gather()
        counting.refresh()
        Hand(written.plant.workshop, written.all_months)
        yield written
        transaction.set_rollback(True)


@pytest.fixture
def plant_of(lived: Years, db: None) -> Years:
    for person in Person.objects.all():
        person.__dict__.pop("_held", None)
    return lived


@pytest.fixture(scope="module")
def hand(lived: Years, django_db_blocker: Any) -> Hand:
    with django_db_blocker.unblock():
        return Hand(lived.plant.workshop, lived.all_months)


def look(years: Years) -> Look:
    return Look.of(Person.objects.get(pk=years.plant.extra["lead"].pk), {"length": "36"})


def agree(name: str, shown: Shown, twin: Twin) -> None:
    assert [(one.words, numbers(one.note)) for one in shown.figures] == twin.figures, name
    found = [plain(row) for row in shown.rows]
    assert len(found) == len(twin.rows), name
    for row, expected in zip(found, twin.rows, strict=True):
        assert len(row) == len(expected), name
        for place, (said, by) in enumerate(zip(row, expected, strict=True)):
            if by is WORDS:
                assert isinstance(said, str), (name, place)
            elif isinstance(by, (str, date)):
                assert said == by, (name, row[0], place)
            else:
                assert float(said) == pytest.approx(float(by)), (name, row[0], place)


def test_each_figure_of_the_cockpit_is_what_plain_python_makes_of_the_rows(plant_of: Years, hand: Hand) -> None:
    assert {panel.name for panel in panels.all_panels()} == set(twins.COCKPIT)
    asked = look(plant_of)
    for panel in panels.all_panels():
        twin = twins.COCKPIT[panel.name](hand)
        assert twin.rows, panel.name
        agree(panel.name, panel.of(asked), twin)


def test_each_sum_that_an_indicator_may_divide_has_a_twin(plant_of: Years, hand: Hand) -> None:
    names = {name for _month, _firm, name in hand.value}
    assert names == set(INNOVATION.labels) | set(AUDIT.labels)
    assert {source.name for source in counting.sources()} == {INNOVATION.name, AUDIT.name}
    asked = look(plant_of)
    for source in counting.sources():
        for name in source.labels:
            for month in plant_of.all_months:
                assert asked.sums(source.name).of(name, month) == hand.of(name, month), (name, month)


def test_each_figure_of_a_scorecard_is_what_plain_python_makes_of_the_rows(plant_of: Years, hand: Hand) -> None:
    shown = {"figures": lambda card: Shown(figures=card_figures(card)), **dict(card_views.PANELS)}
    assert set(shown) == set(twins.CARD)
    for card in cards(look(plant_of), plant_of.firms[:3]):
        for name, made in shown.items():
            agree(name, made(card), twins.CARD[name](hand, card.firm.pk))


def drills(text: str) -> list[str]:
    """Addresses of lists of rows, spreadsheets left out."""
    found = dict.fromkeys(html.unescape(one) for one in HREF.findall(text))
    return [one for one in found if "what=" in one or "/visits/" in one]


def expected(hand: Hand, address: str) -> set[int]:
    parts = urlsplit(address)
    words = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if "/visits/" in parts.path:
        level = "" if words["level"] == "-" else words["level"]
        return {v.step.pk for v in hand.visits() if v.level == level and (v.late or "late" not in words)}
    of = words.get("of")
    month = date.fromisoformat(f"{of}-01") if of else None
    firm = words.get("party") or (parts.path.split("/")[2] if parts.path.startswith("/scorecards/") else None)
    return hand.behind(words["what"], month, int(firm) if firm else None)


def follow(client: Client, hand: Hand, addresses: list[str]) -> None:
    for address in addresses:
        found = [one.pk for one in listed(client, address)]
        assert len(found) == len(set(found)), address
        assert set(found) == expected(hand, address), address
        assert found, address  # nought leads nowhere


@pytest.fixture
def chosen(plant_of: Years, in_full: bool) -> Callable[[str], list[str]]:
    """All links of a page in full; else those of the three years as a whole and all of each fifth month."""
    months = {f"{month:%Y-%m}" for month in (plant_of.all_months if in_full else plant_of.all_months[::5])}
    return lambda text: [one for one in drills(text) if not (of := MONTH.search(one)) or of[1] in months]


def test_each_link_of_the_cockpit_leads_to_exactly_the_rows_it_counts(
    plant_of: Years, hand: Hand, chosen: Callable[[str], list[str]]
) -> None:
    client = plant_of.plant.client(plant_of.plant.extra["lead"])
    addresses = chosen(client.get(reverse("cockpit"), {"length": "36"}).content.decode())
    of = {urlsplit(one).path for one in addresses}
    with_rows = set(twins.COCKPIT) - {"times", "indicators"}
    assert of == {reverse("cockpit_rows", args=[name]) for name in with_rows} | {reverse("process_visits")}
    follow(client, hand, addresses)


def test_each_link_of_a_scorecard_leads_to_exactly_the_rows_it_counts(
    plant_of: Years, hand: Hand, chosen: Callable[[str], list[str]]
) -> None:
    client, firm = plant_of.plant.client(plant_of.plant.extra["lead"]), plant_of.firms[0]
    addresses = chosen(client.get(reverse("scorecard", args=[firm.pk]), {"length": "36"}).content.decode())
    assert len(addresses) > 60
    follow(client, hand, addresses)
    compared = drills(client.get(reverse("scorecards"), {"length": "36"}).content.decode())
    follow(client, hand, compared)


def test_overdue_is_the_same_on_cockpit_scorecard_and_the_findings_own_pages(plant_of: Years, hand: Hand) -> None:
    lead = plant_of.plant.extra["lead"]
    client = plant_of.plant.client(lead)
    late = {one.pk for one in hand.late}
    page = client.get(reverse("finding_list"), {"state": "late"})
    said = {row.finding.pk for row in page.context["rows"] if row.overdue}
    assert late and said == {row.finding.pk for row in page.context["rows"]} == late
    every, more = set(), reverse("finding_list")
    while more:
        page = client.get(more)
        every |= {row.finding.pk for row in page.context["rows"] if row.overdue}
        more = page.context["more"] and reverse("finding_list") + page.context["more"]
    assert every == late == set(Finding.objects.overdue().values_list("pk", flat=True))
    figures = panels.get("findings").of(look(plant_of)).figures  # type: ignore[union-attr]
    assert figures[1].words == str(len(late))
    of_firms = [card_figures(card)[3].note for card in cards(look(plant_of), plant_of.firms)]
    assert sum(int(n) for note in of_firms for n in numbers(note)) == len(late)


def test_what_came_of_the_awards_is_what_plain_python_makes_of_the_rows(plant_of: Years) -> None:
    lead = Person.objects.get(pk=plant_of.plant.extra["lead"].pk)
    rounds = seen.rounds(lead)
    years = seen.by_year(rounds)
    assert [year.year for year in years] == sorted({one.round.month.year for one in twins.awarded()}, reverse=True)
    assert [asdict(year) for year in years] == [twins.year_of_awards(year.year) for year in years]
    places = {one.unit.pk: (one.awards, one.authors, one.people) for one in seen.by_unit(lead, rounds)}
    assert places == twins.participation()
    told = Counter(pk for award in twins.awarded() for pk in twins.solves(award))
    assert {one.problem.pk: one.awards for one in seen.solved(lead, rounds)} == told
