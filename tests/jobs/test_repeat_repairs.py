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
from maintenance_audit.jobs.models import Job, JobPerson
from tests.jobs.story import JobStory, Register, Repeats, dated, repeats_in
from tests.plant import Plant, build
from workflows.engine import kinds
from workflows.engine.models import RuleVersion
from workflows.ledger.clock import now
from workflows.ledger.models import Entry
from workflows.organisation.models import Unit

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


def in_force(plant: Plant, days: int, unit: Unit | None = None) -> RuleVersion:
    """The rule as if it had been published there at this moment."""
    content = dict(kinds.get("job").first_rules) | {"repeat_days": days}
    number = RuleVersion.objects.filter(kind="job").count() + 1
    return RuleVersion.objects.create(
        kind="job", unit=unit or plant.workshop, number=number, content=content, digest="0" * 64,
        state=RuleVersion.State.PUBLISHED, drafted_by=plant.drafter, drafted_at=now(), submitted_at=now(),
        published_by=plant.publisher, published_at=now(), effective_from=now(),
    )  # fmt: skip


def away() -> None:
    """No job is there any more."""
    Job.objects.update(repeats=None)
    JobPerson.objects.all().delete()
    Job.objects.all().delete()


class TestAgainstTheNaiveCount(TestCase):
    def setUp(self) -> None:
        self.plant = build()
        self.register = Register.of(self.plant)

    @settings(max_examples=25, deadline=None)
    @given(ROWS, st.sampled_from([1, 30]))
    def test_orders_hours_and_links_agree(self, rows: list[Row], days: int) -> None:
        reg = self.register
        tags, codes = (reg.pump, reg.conveyor), (reg.leak, reg.wear)
        RuleVersion.objects.filter(kind="job").delete()
        in_force(self.plant, days)
        made = dated(
            self.plant,
            [(FIRST + timedelta(days=d), tags[t], None if c is None else codes[c], h) for d, t, c, h in rows],
        )
        repeats.link([job.pk for job in made])
        found = repeats_in(Job.objects.all())
        assert (found.orders, found.hours, found.without_code) == naive(rows, days)
        assert found.of_orders == len(rows) and found.of_hours == sum(row[3] or 0 for row in rows)
        for job in Job.objects.filter(repeats__isnull=False):
            assert job.repeats_id == repeats.find(job, days).pk  # type: ignore[union-attr]


@pytest.mark.django_db
def test_one_statement_however_many(story: JobStory) -> None:
    reg = story.register

    def cost(count: int) -> int:
        away()
        made = dated(story.plant, [(FIRST + timedelta(days=n), reg.pump, reg.leak, 4) for n in range(count)])
        with CaptureQueriesContext(connection) as seen:
            assert repeats.link([job.pk for job in made]) == count - 1
        return len(seen)

    assert cost(4) == cost(40) == 1


@pytest.mark.django_db
def test_the_days_are_the_rule_of_the_unit_and_of_the_moment(story: JobStory) -> None:
    """A job from elsewhere goes by what was in force where it is when it was received, one from here by its own pin."""
    plant, reg = story.plant, story.register
    before = now()

    def linked(**fields: Any) -> bool:
        away()
        rows = [(FIRST, reg.pump, reg.leak, 8), (FIRST + timedelta(days=45), reg.pump, reg.leak, 8)]
        made = dated(plant, rows)
        Job.objects.filter(pk=made[1].pk).update(**fields)
        return repeats.link([made[0].pk]) == 1

    assert not linked() and repeats.windows([plant.section.pk]) == {plant.section.pk: 30}
    in_force(plant, 60)
    in_force(plant, 40, plant.other_section)
    assert linked() and not linked(received_at=before)
    assert not linked(section=plant.other_section)
    assert repeats.windows([plant.section.pk, plant.other_section.pk]) == {
        plant.section.pk: 60, plant.other_section.pk: 40,
    }  # fmt: skip
    away()
    pinned = JobStory(plant).file()
    Job.objects.update(case=None)
    in_force(plant, 10)
    assert linked(case=pinned) and not linked()


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
    assert repeats_in(Job.objects.all()).orders == 1
    assert "验收时为 LEAK 泄漏" in again.page(reg.planner)
    entry = Entry.objects.filter(chain__subject=f"job:{job.pk}").order_by("-seq").first()
    assert entry is not None and entry.event == "maintenance_audit.job.failure_code_corrected"


@pytest.mark.django_db
def test_a_code_that_comes_later_than_acceptance_links_what_it_repeats(story: JobStory) -> None:
    plant, reg = story.plant, story.register
    first, second = dated(plant, [(FIRST, reg.pump, reg.leak, 8), (FIRST + timedelta(days=9), reg.pump, None, 8)])
    assert repeats_in(Job.objects.all()) == Repeats(0, 2, Decimal(0), Decimal(16), 1)
    acts.correct_failure_code(actor=reg.planner, job_id=second.pk, code=reg.leak, reason="补录")
    second.refresh_from_db()
    assert second.repeats_id == first.pk
    plain: Any = repeats_in(Job.objects.all())
    assert (plain.orders, plain.hours, plain.without_code) == (1, Decimal(8), 0)
