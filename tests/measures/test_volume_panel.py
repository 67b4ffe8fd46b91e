"""Outsourced volume in the cockpit agrees with plain Python, raw and like for like, and leads to its jobs."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from maintenance_audit.jobs.models import Job
from maintenance_audit.measures import volumes
from tests.measures.years import Years
from workflows.organisation.models import Person
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


def test_each_month_leads_to_its_jobs(years: Years) -> None:
    client = years.plant.client(years.plant.extra["lead"])
    for row in volumes.of(look(years)).rows[::4]:
        for place in (1, 3):
            if row[place].url:
                assert client.get(row[place].url).context["page"].paginator.count == row[place].value
    assert client.get(reverse("cockpit_rows", args=["volume"]), {"what": "jobs", "of": "x"}).status_code == 404
