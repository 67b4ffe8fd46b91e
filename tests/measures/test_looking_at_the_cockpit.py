"""The cockpit's page: what it shows to whom, what it costs, and that each link leads to what it counted."""

from __future__ import annotations

import html
import re
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.measures.years import Years
from workflows.engine import plant_calendar
from workflows.organisation.models import Person, Role
from workflows.reports.cockpit import counting, panels
from workflows.reports.cockpit.look import Look

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 15
SUMMED = re.compile(r"what=(hours|alike)\b")  # man-hours, not so many rows: tests/measures/test_volume_panel.py
LINK = re.compile(r'<a href="(/(?:cockpit|scorecards)/[^"]*what=[^"]*)">([^<]*)</a>')


def fresh(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def links_of(text: str) -> dict[str, str]:
    return {html.unescape(link): words for link, words in LINK.findall(text)}


@pytest.mark.parametrize("asked", [{}, {"length": "36"}, {"length": "1"}, {"length": "3", "section": "1"}])
def test_each_count_leads_to_exactly_so_many_rows(years: Years, asked: dict[str, str]) -> None:
    if asked.pop("section", None):
        asked["unit"] = str(years.plant.section.pk)
    client = years.plant.client(years.plant.extra["lead"])
    found = links_of(client.get(reverse("cockpit"), asked).content.decode())
    counts = {
        link: words.replace(",", "")
        for link, words in found.items()
        if words.replace(",", "").isdigit() and not SUMMED.search(link)
    }
    assert len(counts) > 8
    chosen = list(counts.items())[:: max(1, len(counts) // 40)]
    for link, words in chosen:
        page = client.get(link).context["page"]
        assert page.paginator.count == int(words), link


def test_the_rows_behind_a_figure_say_of_which_months_they_are(years: Years) -> None:
    """On the page and in its file: of all months, of one, of those before, and whenever it was."""
    client, months = years.plant.client(years.plant.extra["lead"]), years.all_months
    first, last = (f"{month.year}年{month.month}月" for month in (months[-12], months[-1]))
    before = f"{months[-24].year}年{months[-24].month}月 至 {months[-13].year}年{months[-13].month}月"
    for panel, words, said in (
        ("repeats", "what=jobs", f"{first} 至 {last}"),
        ("repeats", f"what=jobs&of={months[-2]:%Y-%m}", f"{months[-2].year}年{months[-2].month}月 ·"),
        ("volume", "what=hours&of=then", before),
        ("findings", "what=open", ""),
    ):
        address = reverse("cockpit_rows", args=[panel])
        line = re.search(r'<div class="small dim">(.*?)</div>', client.get(f"{address}?{words}").content.decode())
        assert line and said in line[1] and (said or "月" not in line[1]), (panel, words)
        file = client.get(f"{reverse('cockpit_rows_sheet', args=[panel])}?{words}")
        asked = dict(
            openpyxl.load_workbook(BytesIO(b"".join(file) if file.streaming else file.content)).worksheets[1].values
        )
        assert ("不限" in asked["月份"]) is (not said)
    card = reverse("scorecard_rows", args=[years.firms[0].pk])
    assert f"{first} 至 {last}" in client.get(f"{card}?what=jobs").content.decode().split("<h1>")[1].split("<table")[0]


def test_a_claim_among_the_rows_says_what_was_billed_and_what_was_found(years: Years) -> None:
    client = years.plant.client(years.plant.extra["lead"])
    page = client.get(reverse("cockpit_rows", args=["checks"]), {"what": "bad_claims", "length": "36"})
    head = [str(said) for said in page.context["listed"].head]
    billed, found = head.index("申报"), head.index("实查")
    ruling, row = page.context["page"][0], page.context["rows"][0]
    for place, value in ((billed, ruling.claim.value), (found, ruling.value)):
        assert value is None or row[place].words == f"{value.normalize():f} {ruling.claim.measure}".strip()


def test_the_page_costs_at_most_fifteen_statements_and_the_same_for_three_years(years: Years) -> None:
    client = years.plant.client(years.plant.extra["lead"])
    for _twice in range(2):  # what is kept for a minute is kept, what is prepared on a connection is prepared
        client.get(reverse("cockpit"))
    taken = {}
    for length in ("1", "12", "36"):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("cockpit"), {"length": length}).status_code == 200
        taken[length] = len(asked)
    assert max(taken.values()) <= MOST_STATEMENTS, taken
    assert len(set(taken.values())) == 1, taken


@pytest.mark.parametrize("length", ["12", "36"])
def test_a_cold_cache_costs_no_more_than_that(years: Years, length: str) -> None:
    """The first look after a restart: neither the cache nor the process has session, calendar or names."""
    client = years.plant.client(years.plant.extra["lead"])
    cache.clear()
    plant_calendar.forget()
    ContentType.objects.clear_cache()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse("cockpit"), {"length": length}).status_code == 200
    assert len(asked) <= MOST_STATEMENTS, "\n".join(query["sql"][:200] for query in asked.captured_queries)


def test_a_month_without_data_says_so_and_divides_nothing(years: Years) -> None:
    empty = years.all_months[2]
    client = years.plant.client(years.plant.extra["lead"])
    text = client.get(reverse("cockpit"), {"length": "1", "month": f"{empty:%Y-%m}"}).content.decode()
    assert "没有验收的委托单" in text and "没有数据" in text
    look = Look.of(fresh(years.plant.extra["lead"]), {"length": "1", "month": f"{empty:%Y-%m}"})
    assert all(panel.of(look) for panel in panels.all_panels())


def test_nonsense_in_the_address_is_left_out(years: Years) -> None:
    client = years.plant.client(years.plant.extra["lead"])
    for given in ({"month": "2026-13"}, {"month": "9999-12"}, {"length": "x"}, {"month": "²"}, {"of": "1"}):
        assert client.get(reverse("cockpit"), given).status_code == 200
    for given in ({"unit": "0"}, {"unit": "9" * 30}, {"unit": str(years.plant.company.pk)}):
        assert client.get(reverse("cockpit"), given).status_code == 404
    assert client.get(reverse("cockpit_rows", args=["repeats"]), {"what": "x"}).status_code == 404
    assert client.get(reverse("cockpit_rows", args=["nothing"])).status_code == 404


def test_who_oversees_nothing_is_told_so_and_a_contractor_gets_nowhere(years: Years) -> None:
    plant = years.plant
    assert "您没有主管的单位" in plant.client(plant.author).get(reverse("cockpit")).content.decode()
    outsider = plant.client(plant.contractor_person)
    for name, args in (("cockpit", []), ("cockpit_sheet", ["checks"]), ("cockpit_rows", ["checks"])):
        assert outsider.get(reverse(name, args=args), {"what": "jobs"}).status_code == 404
    assert outsider.post(reverse("cockpit_recount")).status_code == 404
    section = plant.client(plant.other_chief)
    assert section.get(reverse("cockpit"), {"unit": str(plant.workshop.pk)}).status_code == 404
    look = Look.of(fresh(plant.other_chief), {})
    assert look.unit is not None and look.unit.pk == plant.other_section.pk


def test_each_panel_is_taken_along(years: Years) -> None:
    client = years.plant.client(years.plant.extra["lead"])
    for panel in panels.all_panels():
        answer = client.get(reverse("cockpit_sheet", args=[panel.name]), {"length": "36"})
        book = openpyxl.load_workbook(BytesIO(answer.content), read_only=True)
        assert len(book.worksheets) == 3, panel.name
    rows = client.get(reverse("cockpit_rows_sheet", args=["checks"]), {"what": "bad_claims", "length": "36"})
    book = openpyxl.load_workbook(BytesIO(rows.content), read_only=True)
    look = Look.of(fresh(years.plant.extra["lead"]), {"length": "36"})
    assert len(list(book.worksheets[0].values)) - 1 == look.sums("audit").of("bad_claims")


def test_an_observer_may_have_it_counted_anew(years: Years) -> None:
    plant = years.plant
    assert plant.observer.holdings.filter(role=Role.OBSERVER).exists()  # type: ignore[attr-defined]
    answer = plant.client(plant.observer).post(reverse("cockpit_recount"))
    assert answer.status_code == 303 and counting.refresh() == 0


def test_the_cockpit_stands_in_the_menu_of_who_oversees(years: Years) -> None:
    plant: Any = years.plant
    assert reverse("cockpit") in plant.client(plant.observer).get(reverse("queue")).content.decode()
    assert reverse("cockpit") not in plant.client(plant.author).get(reverse("queue")).content.decode()
