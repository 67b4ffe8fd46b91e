"""Circles counted by unit and year: each figure agrees with plain Python and drills to exactly its rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from maintenance_audit.circles import figures
from maintenance_audit.circles.models import Circle
from tests.circles.story import CircleStory
from workflows.engine.models import Case
from workflows.ledger.clock import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(story: CircleStory) -> CircleStory:
    plant = story.plant
    other = {"leader": plant.stranger.employee_no, "members": "方渣", "unit": plant.other_team.pk}
    CircleStory(plant).register(person=plant.stranger, **other)
    for marks in ((80, 91, 76), (60, 61, 62)):
        story.register()
        story.accepted(*marks)
    story.register()
    story.act(plant.section_chiefs[0], "reject", reason="与去年的重复。")
    Case.objects.filter(pk=Circle.objects.order_by("pk")[1].case_id).update(filed_at=now() - timedelta(days=400))
    return story


def by_hand(year: int | None = None) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for circle in Circle.objects.select_related("case__unit__parent"):
        if year is None or timezone.localtime(circle.case.filed_at).year == year:
            line = found[circle.case.unit.parent.name]  # type: ignore[union-attr]
            what = {"": "under_way", "accepted": "accepted"}.get(circle.case.standing, "over")
            line.update({"registered": 1, what: 1, "members": circle.members.count() + 1})
            line.update({"mark_sum": circle.mark_sum or 0, "mark_count": circle.mark_count or 0})
    return found


@pytest.mark.parametrize("back", [None, 0, 1])
def test_figures_agree_with_plain_python(told: CircleStory, back: int | None) -> None:
    years = sorted({timezone.localtime(c.filed_at).year for c in Case.objects.filter(kind="circle")}, reverse=True)
    year = None if back is None else years[back]
    figure = figures.of(told.plant.observer, str(year or ""))
    assert {line.name: _told(line) for line in figure.units} == {k: Counter(v) for k, v in by_hand(year).items()}
    assert sum(line.registered for line in figure.years) == Circle.objects.count()


def _told(line: Any) -> Counter[str]:
    names = ("registered", "under_way", "accepted", "over", "members", "mark_sum", "mark_count")
    return Counter({name: getattr(line, name) for name in names})


def test_each_figure_drills_to_exactly_its_rows(told: CircleStory) -> None:
    client = told.plant.client(told.plant.observer)
    text = client.get(reverse("circle_figures")).content.decode()
    links = [part.split('"')[0] for part in text.split('href="') if part.startswith(reverse("circles_counted"))]
    assert len(links) > 6
    for link in links:
        shown = text.split(f'href="{link}">')[1].split("<")[0]
        answer = client.get(link.replace("&amp;", "&"))
        assert answer.context["page"].paginator.count == int(shown), link
        assert set(parse_qs(urlsplit(link.replace("&amp;", "&")).query)) <= {"what", "unit", "year"}
    nonsense = client.get(reverse("circles_counted"), {"what": "x", "unit": "²", "year": "9" * 30})
    assert nonsense.status_code == 200


def test_it_is_taken_along_as_a_spreadsheet(told: CircleStory) -> None:
    answer = told.plant.client(told.plant.observer).get(reverse("circle_sheet"))
    book = openpyxl.load_workbook(BytesIO(answer.content), read_only=True)
    rows = list(book.worksheets[0].values)
    assert rows[1][0] == "闪速炉工段" and rows[1][1] == 3 and rows[1][6] == pytest.approx(71.67)


def test_nobody_counts_what_they_do_not_see(told: CircleStory) -> None:
    for person in (told.plant.contractor_person, told.plant.admin):
        assert sum(line.registered for line in figures.of(person).years) in (0, 2)
    empty = told.plant.client(told.plant.contractor_person).get(reverse("circle_figures"))
    assert "还没有课题" in empty.content.decode()


def test_the_page_costs_the_same_however_many(told: CircleStory, django_assert_num_queries: Any) -> None:
    from django.db import connection

    client = told.plant.client(told.plant.observer)
    with CaptureQueriesContext(connection) as first:
        client.get(reverse("circle_figures"))
    told.register()
    told.register()
    with CaptureQueriesContext(connection) as second:
        client.get(reverse("circle_figures"))
    assert len(first) == len(second) <= 15
