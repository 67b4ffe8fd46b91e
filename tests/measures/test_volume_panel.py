"""Outsourced volume in the cockpit agrees with plain Python, raw and like for like, and leads to its jobs."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest
from django.urls import reverse

from maintenance_audit.jobs.models import Job, JobMapping
from maintenance_audit.measures import volumes
from tests.measures.listing import listed
from tests.measures.years import Years
from workflows.ledger.clock import now
from workflows.organisation.models import Person
from workflows.reports.cockpit.counting import following
from workflows.reports.cockpit.look import Look

pytestmark = pytest.mark.django_db


def look(years: Years, **asked: str) -> Look:
    return Look.of(Person.objects.get(pk=years.plant.extra["lead"].pk), asked)


@pytest.mark.parametrize("length", ["1", "3", "12"])
def test_raw_and_like_for_like_by_hand(years: Years, length: str) -> None:
    asked = look(years, length=length)
    found = volumes.compared(asked).total
    jobs = [j for j in Job.objects.select_related("equipment") if j.accepted_on and j.state != "cancelled"]
    now = [j for j in jobs if asked.first <= j.accepted_on < asked.end]  # type: ignore[operator]
    base = [j for j in jobs if volumes.base_of(asked) <= j.accepted_on < asked.first]  # type: ignore[operator]

    def hours(of: list[Job]) -> Decimal:
        return sum((j.hours or Decimal(0) for j in of), Decimal(0))

    both = {j.equipment.tag for j in now} & {j.equipment.tag for j in base}
    assert (found.now.orders, found.base.orders) == (len(now), len(base))
    assert (found.now.hours, found.base.hours) == (hours(now), hours(base))
    assert found.now_alike.hours == hours([j for j in now if j.equipment.tag in both])
    assert found.base_alike.hours == hours([j for j in base if j.equipment.tag in both])


def mapped(years: Years, into: str, first: str, second: str, third: str) -> Callable[[str], Fraction]:
    """Three tags of then went into one of today: nearly all of the first, a tenth of the second, nothing of the third;
    the rest went to one that is idle. How much of a tag's hours of then is told by today's tags."""
    lead = Person.objects.get(pk=years.plant.extra["lead"].pk)
    made = JobMapping.objects.create(
        workshop=years.plant.workshop, by=JobMapping.By.TAG, made_by=lead, made_at=now(), note="三台并作一台"
    )
    for old, new, orders, share in ((first, into, "0.5", "0.9"), (second, into, "0.1", "0.1"),
                                    (second, "P-IDLE", "0.9", "0.9"), (third, "P-IDLE", "1", "1")):  # fmt: skip
        made.rows.create(old=old, new=new, orders=orders, share=share)
    parts = {first: Fraction(9, 10), second: Fraction(1, 10), third: Fraction(0)}
    return lambda tag: parts.get(tag, Fraction(1))


@pytest.mark.parametrize("length", ["3", "12"])
def test_each_number_leads_to_exactly_the_jobs_it_sums(years: Years, length: str) -> None:
    """Orders, man-hours and those like for like, of each month and of all, of then and of now."""
    client, asked = years.plant.client(years.plant.extra["lead"]), look(years, length=length)
    base = volumes.base_of(asked)
    jobs = [j for j in Job.objects.select_related("equipment") if j.accepted_on and j.state != "cancelled"]
    lately = {j.equipment.tag for j in jobs if asked.first <= j.accepted_on < asked.end}  # type: ignore[operator]
    then = {j.equipment.tag for j in jobs if base <= j.accepted_on < asked.first}  # type: ignore[operator]
    into = min(lately)
    part = mapped(years, into, *sorted(then - {into})[:3])
    shown = volumes.of(asked)
    followed = 0
    for row in shown.rows:
        whole = row is shown.rows[-1]
        spans = [(asked.first, asked.end), (base, asked.first)] if whole else [
            (cell.value, following(cell.value)) for cell in (row[0], row[2])]  # fmt: skip
        for place, (what, side) in {1: ("jobs", 0), 3: ("jobs", 1), 4: ("hours", 0), 5: ("hours", 1),
                                    7: ("alike", 0), 8: ("alike", 1)}.items():  # fmt: skip
            if not row[place].url:
                assert row[place].value == 0
                continue
            first, end = spans[side]
            of = [j for j in jobs if first <= j.accepted_on < end and (what == "jobs" or j.hours)]  # type: ignore[operator]
            found = listed(client, row[place].url)
            if what == "jobs":
                assert len(found) == row[place].value and {j.pk for j in found} == {j.pk for j in of}
                continue
            share = part if (what, side) == ("alike", 1) else lambda tag: Fraction(1)
            assert all(share(j.equipment.tag) for j in found)
            assert float(sum(share(j.equipment.tag) * Fraction(j.hours or 0) for j in found)) == pytest.approx(
                row[place].value
            )
            assert {j.pk for j in found} <= {j.pk for j in of} and (what == "alike" or len(found) == len(of))
            followed += 1
    assert followed > 10
    links = [one.url for one in shown.figures]
    assert links == [shown.rows[-1][place].url for place in (1, 4, 7)] and all(links)
    assert "比例计入" in client.get(shown.rows[-1][8].url).content.decode()
    assert "比例计入" not in client.get(shown.rows[-1][7].url).content.decode()
    for given in ({"what": "jobs", "of": "x"}, {"what": "amount"}, {"what": "alike", "of": "2019-01"}):
        assert client.get(reverse("cockpit_rows", args=["volume"]), given).status_code == 404
