"""Repeat repairs: the same tag and failure within so many days, by orders and by hours, against a naive count."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from maintenance_audit.jobs import acts, repeats
from maintenance_audit.jobs.models import Job
from tests.jobs.story import JobStory, Register, dated
from tests.plant import build
from workflows.ledger.models import Entry

FIRST = date(2026, 1, 1)
Row = tuple[int, int, int | None, int | None]  # day, tag, code, hours
ROWS = st.lists(
    st.tuples(
        st.integers(0, 70), st.integers(0, 1), st.sampled_from([0, 1, None]), st.one_of(st.none(), st.integers(0, 40))
    ),
    max_size=14,
)


def naive(rows: list[Row], days: int) -> tuple[int, Decimal, int]:
    """Repeats by orders, by hours, and how many had no code: each pair looked at by itself."""
    again = set()
    for (n, early), (m, late) in combinations(sorted(enumerate(rows), key=lambda r: (r[1][0], r[0])), 2):
        if early[2] is not None and early[1:3] == late[1:3] and late[0] - early[0] <= days:
            assert n != m
            again.add(m)
    return len(again), Decimal(sum(rows[n][3] or 0 for n in again)), sum(1 for row in rows if row[2] is None)


class TestAgainstTheNaiveCount(TestCase):
    def setUp(self) -> None:
        self.plant = build()
        self.register = Register.of(self.plant)

    @settings(max_examples=25, deadline=None)
    @given(ROWS, st.sampled_from([1, 30]))
    def test_orders_hours_and_links_agree(self, rows: list[Row], days: int) -> None:
        reg = self.register
        tags, codes = (reg.pump, reg.conveyor), (reg.leak, reg.wear)
        made = dated(
            self.plant,
            [(FIRST + timedelta(days=d), tags[t], None if c is None else codes[c], h) for d, t, c, h in rows],
        )
        found = repeats.repeats_in(Job.objects.all(), days)
        assert (found.orders, found.hours, found.without_code) == naive(rows, days)
        assert found.of_orders == len(rows) and found.of_hours == sum(row[3] or 0 for row in rows)
        repeats.link([job.pk for job in made], days)
        assert Job.objects.filter(repeats__isnull=False).count() == found.orders
        for job in Job.objects.filter(repeats__isnull=False):
            assert job.repeats_id == repeats.find(job, days).pk  # type: ignore[union-attr]


@pytest.mark.django_db
def test_one_statement_however_many(story: JobStory) -> None:
    reg = story.register
    dated(story.plant, [(FIRST + timedelta(days=n), reg.pump, reg.leak, 4) for n in range(40)])
    with CaptureQueriesContext(
        connection,
    ) as seen:
        month = Job.objects.filter(accepted_on__month=1)
        found = repeats.repeats_in(month, 30)
    assert len(seen) == 1 and (found.orders, found.of_orders) == (30, 31)
    assert found.share == Decimal(30) / 31


@pytest.mark.django_db
def test_acceptance_links_it_and_a_later_change_of_the_code_does_not_unlink(story: JobStory) -> None:
    plant, reg = story.plant, story.register
    story.accepted()
    earlier = story.job
    again = JobStory(plant)
    again.accepted(title="机封又漏")
    job = again.job
    assert job.repeats == earlier
    page = again.page(reg.planner)
    assert "重复检修" in page and earlier.number in page
    assert "重复检修" not in again.page(again.foreman), "what the plant makes of it is not the contractor's"
    assert "再次发生同一故障" in story.page(reg.planner)
    url = reverse("correct_job_code", args=[job.number])
    strange = plant.client(plant.author).post(url, {"failure_code": reg.wear.pk, "reason": "是磨损"})
    assert strange.status_code == 403
    empty = plant.client(reg.planner).post(url, {"failure_code": reg.wear.pk, "reason": " "})
    assert empty.status_code == 422
    assert plant.client(reg.planner).post(url, {"failure_code": reg.wear.pk, "reason": "是磨损"}).status_code == 302
    job = again.job
    assert job.repeats == earlier and (job.failure_code, job.first_failure_code) == (reg.wear, reg.leak)
    assert repeats.repeats_in(Job.objects.all()).orders == 1
    assert "验收时为 LEAK 泄漏" in again.page(reg.planner)
    entry = Entry.objects.filter(chain__subject=f"job:{job.pk}").order_by("-seq").first()
    assert entry is not None and entry.event == "maintenance_audit.job.failure_code_corrected"


@pytest.mark.django_db
def test_a_code_that_comes_later_than_acceptance_links_what_it_repeats(story: JobStory) -> None:
    plant, reg = story.plant, story.register
    first, second = dated(plant, [(FIRST, reg.pump, reg.leak, 8), (FIRST + timedelta(days=9), reg.pump, None, 8)])
    assert repeats.repeats_in(Job.objects.all()) == repeats.Repeats(0, 2, Decimal(0), Decimal(16), 1)
    acts.correct_failure_code(actor=reg.planner, job_id=second.pk, code=reg.leak, reason="补录")
    second.refresh_from_db()
    assert second.repeats_id == first.pk
    plain: Any = repeats.repeats_in(Job.objects.all())
    assert (plain.orders, plain.hours, plain.without_code) == (1, Decimal(8), 0)
