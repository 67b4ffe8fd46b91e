"""Every number of the cockpit is counted three ways: by the statement, from the rollup, and in plain Python."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from maintenance_audit.findings.models import Finding, Reply
from maintenance_audit.inspections.models import Ruling
from maintenance_audit.jobs.models import Job
from maintenance_audit.lots.models import DrawnJob
from maintenance_audit.measures import tasks
from maintenance_audit.measures.behind import CLAIMS, DRAWN, FINDINGS, JOBS, LOTS, Behind
from maintenance_audit.measures.counting import AUDIT, LABELS, SOURCE
from maintenance_audit.measures.lists import claim_cells
from tests.measures import by_hand
from tests.measures.years import Years
from workflows.ledger.clock import now
from workflows.notices.models import Outbox
from workflows.reports.cockpit import counting
from workflows.reports.models import Counted, CountedMonth, StaleMark

pytestmark = pytest.mark.django_db


def live(months: list[Any]) -> dict[by_hand.Key, Decimal]:
    with connection.cursor() as cursor:
        cursor.execute(AUDIT.select, {"months": months, "zone": settings.TIME_ZONE})
        return {(m, u, p, name): Decimal(value) for m, u, p, name, value in cursor.fetchall()}


def test_the_statement_agrees_with_plain_python(years: Years) -> None:
    found, expected = live([*years.all_months, counting.following(years.present)]), by_hand.counted()
    assert {key[3] for key in expected} == set(LABELS)
    assert found == expected


def test_the_rollup_holds_the_closed_months_and_nothing_of_the_present_one(years: Years) -> None:
    rows = Counted.objects.filter(source=SOURCE).values_list("month", "unit", "party", "name", "value")
    kept = {(m, u, p, name): value for m, u, p, name, value in rows}
    assert kept == {key: value for key, value in by_hand.counted().items() if key[0] < years.present}
    months = list(CountedMonth.objects.filter(source=SOURCE).order_by("month").values_list("month", flat=True))
    assert months == years.all_months[:-1]  # the one in which nothing happened among them
    assert counting.refresh([SOURCE]) == 0


def test_reading_is_the_same_with_and_without_the_rollup(years: Years) -> None:
    path = years.plant.workshop.path
    with_it = counting.read(SOURCE, years.all_months, path)
    without = counting.read(SOURCE, years.all_months, path, kept=False)
    assert with_it.rows == without.rows
    assert with_it.of("jobs") == sum(v for k, v in by_hand.counted().items() if k[3] == "jobs")


def test_a_part_of_the_plant_and_one_contractor(years: Years) -> None:
    section = years.plant.section
    read = counting.read(SOURCE, years.all_months, section.path)
    for firm in years.firms:
        for name in ("jobs", "hours", "bad_claims", "found", "upheld"):
            by = sum(v for k, v in by_hand.counted().items() if k[1:] == (section.pk, firm.pk, name))
            assert read.of(name, party=firm.pk) == by, (firm.name, name)


@pytest.mark.parametrize("place", [0, 1, 2, 17, 34, 35])
def test_each_number_drills_to_exactly_the_rows_it_counts(years: Years, place: int) -> None:
    """Of a month; counted ones by their number, sums by their sum."""
    month, plant = years.all_months[place], years.plant
    sums = counting.read(SOURCE, [month], plant.workshop.path)
    behind = Behind(plant.observer, plant.workshop.path, month, counting.following(month))
    for name in LABELS:
        rows = behind.of(name)
        assert rows is not None, name
        if name in ("hours", "repeat_hours", "amount"):
            values = [row.settled_amount if name == "amount" else row.hours for row in rows]
            assert sums.of(name) == sum((v for v in values if v is not None), Decimal(0)), name
        else:
            assert sums.of(name) == len(rows) == len({row.pk for row in rows}), name
    assert set(LABELS) == {*JOBS, *LOTS, *DRAWN, *CLAIMS, *FINDINGS}


def test_a_change_in_a_closed_month_is_seen_at_once_and_counted_anew(years: Years) -> None:
    path, month = years.plant.workshop.path, years.all_months[10]
    before = counting.read(SOURCE, [month], path)
    assert not StaleMark.objects.exists()
    job = Job.objects.filter(accepted_on__gte=month, accepted_on__lt=counting.following(month), hours__isnull=False)[0]
    Job.objects.filter(pk=job.pk).update(hours=job.hours + 1)  # type: ignore[operator]
    assert set(StaleMark.objects.values_list("source", "month")) == {(SOURCE, month)}
    assert month not in counting.standing()[SOURCE]
    after = counting.read(SOURCE, [month], path)
    assert after.of("hours") == before.of("hours") + 1
    assert counting.refresh([SOURCE]) == 1 and not StaleMark.objects.exists()
    assert counting.read(SOURCE, [month], path).rows == after.rows
    assert counting.refresh([SOURCE], anew=True) == len(years.all_months) - 1


def test_a_finding_that_is_closed_later_changes_the_month_in_which_it_was_found(years: Years) -> None:
    finding = Finding.objects.filter(closed_at=None, withdrawn_at=None).order_by("found_at").first()
    assert finding is not None
    Finding.objects.filter(pk=finding.pk).update(closed_at=now())
    found_in = timezone.localdate(finding.found_at).replace(day=1)
    assert set(StaleMark.objects.values_list("month", flat=True)) == {found_in}
    firm = {"finding": finding, "person": years.plant.contractor_person}
    Reply.objects.create(**firm, words="补充", accepts=False, received_at=now(), in_time=False)
    assert set(StaleMark.objects.values_list("month", flat=True)) == {found_in}


def test_a_finding_that_is_withdrawn_weighs_on_nobody_and_clears_its_claim(years: Years) -> None:
    """The accused was right: neither severity nor rate of their card keeps it, whatever month it was found in."""
    drawn = DrawnJob.objects.filter(draw__tier=1, why="drawn", draw__lot__decided_at__isnull=False)
    ruled = Ruling.objects.filter(verdict="nonconforming", drawn_job__in=drawn).exclude(
        claim__in=Ruling.objects.filter(drawn_job__draw__tier=2).values("claim")
    )
    finding = Finding.objects.filter(claim__in=ruled.values("claim"), withdrawn_at=None).order_by("pk")[0]
    lot = drawn.get(lot_job__job=finding.job).draw.lot
    months, path = years.all_months, years.plant.workshop.path

    def told() -> list[Decimal]:
        sums = counting.read(SOURCE, months, path)
        return [sums.of(name) for name in ("bad_claims", "claims", finding.severity, "found", "withdrawn")]

    before = told()
    Finding.objects.filter(pk=finding.pk).update(closed_at=None, withdrawn_at=now(), withdrawn_why="原件属实")
    found_in = timezone.localdate(finding.found_at).replace(day=1)
    assert set(StaleMark.objects.values_list("month", flat=True)) == {found_in, lot.month}
    assert [a - b for a, b in zip(told(), before, strict=True)] == [-1, 0, -1, 0, 1]
    assert counting.read(SOURCE, months, path, kept=False).rows == counting.read(SOURCE, months, path).rows
    behind = Behind(years.plant.extra["lead"], path, months[0], counting.following(months[-1]))
    assert not behind.of("bad_claims").filter(claim=finding.claim).exists()  # type: ignore[union-attr]
    (row,) = behind.of("claims").filter(claim=finding.claim)  # type: ignore[union-attr]
    assert "不符合 · 撤销" in [cell.words for cell in claim_cells(row)]


def test_what_comes_into_an_old_month_by_import_makes_it_stale(years: Years) -> None:
    month = years.all_months[2]  # nothing had happened in it
    assert month in counting.standing()[SOURCE]
    job = years._job(month + timedelta(days=3), 999_999)
    job.state, job.cancelled_why = "accepted", ""
    Job.objects.bulk_create([job])
    read = counting.read(SOURCE, [month], years.plant.workshop.path)
    assert read.of("jobs") == 1


def test_a_job_that_goes_to_another_section_takes_its_checks_and_findings_along(years: Years) -> None:
    drawn = DrawnJob.objects.filter(draw__lot__month__lt=years.all_months[20], draw__lot__decided_at__isnull=False)
    job = Job.objects.filter(lots__drawn__in=drawn, findings__isnull=False).distinct()[0]
    assert not StaleMark.objects.exists()
    Job.objects.filter(pk=job.pk).update(title="改名")
    StaleMark.objects.all().delete()  # of its own month, which any change touches
    elsewhere = next(one for one in years.sections if one.pk != job.section_id)
    Job.objects.filter(pk=job.pk).update(section=elsewhere)
    found = {timezone.localdate(one.found_at).replace(day=1) for one in job.findings.all()}  # type: ignore[attr-defined]
    lots = {one.lot.month for one in job.lots.select_related("lot")}  # type: ignore[attr-defined]
    own = job.accepted_on.replace(day=1)  # type: ignore[union-attr]
    assert set(StaleMark.objects.values_list("month", flat=True)) == {own, *lots, *found}
    for section in years.sections:
        with_it = counting.read(SOURCE, years.all_months, section.path)
        assert with_it.rows == counting.read(SOURCE, years.all_months, section.path, kept=False).rows
    counting.refresh([SOURCE])
    assert counting.read(SOURCE, years.all_months, elsewhere.path).rows == {
        key: value
        for key, value in counting.read(SOURCE, years.all_months, elsewhere.path, kept=False).rows.items()
        if value
    }


def test_the_report_of_a_month_is_told_once_to_whoever_reads_it(years: Years) -> None:
    assert tasks.tell_of_reports() == 1 and tasks.tell_of_reports() == 1
    told = Outbox.objects.filter(event="maintenance_audit.report.ready", channel="in_product")
    plant = years.plant
    people = {plant.extra["lead"].pk, plant.observer.pk, *(one.pk for one in plant.reviewers)}
    assert sorted(told.values_list("recipient", flat=True)) == sorted(people)
    assert told[0].url == reverse("audit_reports") and f"{years.all_months[-2]:%Y-%m}" in str(told[0].context)
