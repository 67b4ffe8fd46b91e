"""The monthly audit report: its numbers by hand, on paper and as a spreadsheet, for whoever oversees the workshop."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from maintenance_audit.findings.models import Finding, overdue
from maintenance_audit.inspections.models import Found, Inspection, Ruling
from maintenance_audit.lots.models import Assignment, Draw, DrawnJob, EligibleInspector, Lot
from maintenance_audit.measures import report
from tests.measures import by_hand
from tests.measures.years import Years
from workflows.ledger.clock import now
from workflows.organisation.models import Person, Role
from workflows.reports.cockpit.look import Look

pytestmark = pytest.mark.django_db


def month(years: Years) -> date:
    return years.all_months[-4]


def tables(years: Years, first: date) -> dict[str, report.Table]:
    seen = Look.of(Person.objects.get(pk=years.plant.observer.pk), {})
    made = report.of(Look(seen.person, seen.places, seen.places.shown(str(years.plant.workshop.pk)), first, 1))
    return {table.title: table for table in made.tables}


def test_its_numbers_are_those_of_the_rows(years: Years) -> None:
    first = month(years)
    found, counted = tables(years, first), by_hand.counted()
    lots = {lot.case.number: lot for lot in Lot.objects.filter(month=first).select_related("case")}
    assert {row[0] for row in found["批与样本"].rows} == set(lots)
    for row in found["批与样本"].rows:
        lot = lots[row[0]]
        drawn = DrawnJob.objects.filter(draw__lot=lot, draw__tier=1, why="drawn").exclude(result="")
        assert (row[2], row[6], row[7]) == (lot.jobs.count(), lot.sample, lot.ac)  # type: ignore[attr-defined]
        assert (row[8], row[9]) == (drawn.count(), drawn.filter(result="nonconforming").count())
    for name, place in (("checked", 1), ("bad_jobs", 2), ("claims", 3), ("bad_claims", 4), ("cannot", 7)):
        of = sum(v for k, v in counted.items() if k[0] == first and k[3] == name)
        assert sum(row[place] for row in found["检查结果"].rows) == of, name
    findings = Finding.objects.filter(drawn_job__draw__lot__month=first)
    assert {row[0] for row in found["问题"].rows} == set(findings.values_list("case__number", flat=True))
    assert sum(row[1] for row in found["整改"].rows) == findings.count()
    late = findings.filter(overdue(timezone.localdate(now()))).count()  # nothing that was handed in since is late
    assert sum(row[5] == "逾期" for row in found["问题"].rows) == sum(row[5] for row in found["整改"].rows) == late
    closed = findings.filter(closed_at__isnull=False, withdrawn_at=None).count()
    assert sum(row[4] for row in found["整改"].rows) == closed


def test_how_far_the_two_forms_agree(years: Years) -> None:
    """Both pass 3, both fail 1, only site fails 2, only records fails 1; a pair with "cannot verify" is left out. One
    that only site failed was ruled conforming: of confirmed faults site has 2, records 2, both 1, which makes 3.5."""
    lot = Lot.objects.filter(month=month(years)).order_by("pk").first()
    assert lot is not None
    drawn = DrawnJob.objects.filter(draw__lot=lot, draw__tier=1).select_related("lot_job__job").first()
    assert drawn is not None
    told = (
        [("conforming", "conforming")] * 3
        + [("nonconforming", "nonconforming")]
        + [("nonconforming", "conforming")] * 2
    )
    told += [("conforming", "nonconforming"), ("cannot", "conforming")]
    _both_forms(years, drawn, told)
    Ruling.objects.filter(drawn_job=drawn).delete()
    for claim, confirmed in zip(years.claims[drawn.lot_job.job_id][3:7], (True, False, True, True), strict=True):
        verdict = "nonconforming" if confirmed else "conforming"
        Ruling.objects.create(drawn_job=drawn, claim=claim, verdict=verdict, agreed=True, ruled_at=now())
    (row,) = tables(years, month(years))["双式一致性"].rows
    assert row[0] == 7 and row[1] == "57.14%" and row[4] == 4 and row[5] == "3.5"


def _both_forms(years: Years, drawn: DrawnJob, told: list[tuple[str, str]]) -> None:
    people, cases = [years.plant.author, years.plant.coauthor], years._cases("inspection", [now()] * 2)
    job = drawn.lot_job.job
    years.claims[job.pk] += type(years.claims[job.pk][0]).objects.bulk_create(
        [_claim(years, job, n) for n in range(len(told) - len(years.claims[job.pk]))]
    )
    for form, person, case, side in zip(("site", "records"), people, cases, (0, 1), strict=True):
        seat = Assignment.objects.create(drawn_job=drawn, form=form, person=person, assigned_at=now())
        moments = {"sealed_at": now(), "sealed_seq": 1, "opened_at": now()}
        made = Inspection.objects.create(case=case, assignment=seat, drawn_job=drawn, form=form, **moments)
        Found.objects.bulk_create(
            Found(inspection=made, claim=claim, verdict=pair[side], received_at=now(),
                  severity="minor" if pair[side] == "nonconforming" else "")
            for claim, pair in zip(years.claims[job.pk], told, strict=False)
        )  # fmt: skip


def _claim(years: Years, job: Any, n: int) -> Any:
    known = years.claims[job.pk][0]
    return type(known)(job=job, key=f"more{n}", place=10 + n, kind="other", label="其他", said="有", claimed_at=now())


def test_a_lot_whose_tiers_run_tells_no_finding(years: Years) -> None:
    """Who reads the report may still be drawn for an upper tier of it."""
    told = Finding.objects.filter(drawn_job__draw__lot__month=month(years)).values("drawn_job__draw__lot")
    lot = Lot.objects.filter(pk__in=told).order_by("pk").first()
    assert lot is not None
    mine = set(Finding.objects.filter(drawn_job__draw__lot=lot).values_list("case__number", flat=True))
    all_of_them = {row[0] for row in tables(years, month(years))["问题"].rows}
    Lot.objects.filter(pk=lot.pk).update(decided_at=None, accepted=None, state="inspected")
    found = tables(years, month(years))
    assert mine and {row[0] for row in found["问题"].rows} == all_of_them - mine
    assert sum(row[1] for row in found["整改"].rows) == len(all_of_them - mine)
    seen = Look.of(Person.objects.get(pk=years.plant.observer.pk), {})
    made = report.of(Look(seen.person, seen.places, seen.places.shown(str(years.plant.workshop.pk)), month(years), 1))
    assert any(lot.case.number in note for note in made.notes)


def test_it_is_printed_and_taken_as_a_spreadsheet(years: Years) -> None:
    client, at = years.plant.client(years.plant.observer), [years.plant.workshop.pk, f"{month(years):%Y-%m}"]
    paper = client.get(reverse("audit_report_pdf", args=at))
    assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF")
    answer = client.get(reverse("audit_report_sheet", args=at))
    book = openpyxl.load_workbook(BytesIO(answer.content), read_only=True)
    assert [s.title for s in book.worksheets] == [
        "批与样本",
        "检查结果",
        "问题",
        "整改",
        "双式一致性",
        "外委单位",
        "说明",
    ]
    assert reverse("audit_report_pdf", args=at) in client.get(reverse("audit_reports")).content.decode()


def test_a_month_without_anything_is_a_report_that_says_so(years: Years) -> None:
    empty = years.all_months[2]
    found = tables(years, empty)
    assert not found["批与样本"].rows and found["批与样本"].none
    client = years.plant.client(years.plant.observer)
    paper = client.get(reverse("audit_report_pdf", args=[years.plant.workshop.pk, f"{empty:%Y-%m}"]))
    assert paper.content.startswith(b"%PDF")


def test_it_is_for_who_oversees_the_workshop(years: Years) -> None:
    plant, at = years.plant, [years.plant.workshop.pk, f"{month(years):%Y-%m}"]
    for person in (plant.stranger, plant.other_chief, plant.contractor_person, plant.admin):
        for name in ("audit_report_pdf", "audit_report_sheet"):
            assert plant.client(person).get(reverse(name, args=at)).status_code == 404
    client = plant.client(plant.observer)
    for wrong in ("2026-13", "x", "2199-01"):
        assert client.get(reverse("audit_report_pdf", args=[plant.workshop.pk, wrong])).status_code == 404
    assert client.get(reverse("audit_report_pdf", args=[plant.section.pk, at[1]])).status_code == 404


def test_whoever_may_still_be_drawn_reads_no_figure_of_what_was_found_since(years: Years) -> None:
    """By contractor and month a sum would tell them what the teams found."""
    plant, reviewer = years.plant, years.plant.reviewers[1]
    plant.hold(reviewer, Role.INSPECTOR, plant.workshop)
    lot = Lot.objects.filter(month=years.all_months[-2]).first()
    assert lot is not None
    Lot.objects.filter(pk=lot.pk).update(decided_at=None, accepted=None, frozen_at=now())
    client, present = plant.client(reviewer), f"{years.all_months[-1]:%Y-%m}"
    firm, before = years.firms[0].pk, f"{years.all_months[-2]:%Y-%m}"
    asked = {"month": present, "length": "1"}
    named = [(name, args) for name, args in (("cockpit", []), ("scorecards", []), ("scorecard", [firm]),
             ("scorecard_rows", [firm]), ("cockpit_rows", ["findings"]))]  # fmt: skip
    reports = [reverse("audit_report_sheet", args=[plant.workshop.pk, month]) for month in (present, before)]
    EligibleInspector.objects.create(lot=lot, tier=3, person=reviewer, staff_no="1", unit=plant.workshop)
    for name, args in named:
        page = client.get(reverse(name, args=args), asked | {"what": "found"})
        assert page.status_code == 200 and page.context["look"].last == years.all_months[-2], name
    assert "数据只显示到该批冻结前一个月" in client.get(reverse("scorecards"), asked).content.decode()
    assert [client.get(address).status_code for address in reports] == [404, 200]
    assert reports[0] not in client.get(reverse("audit_reports")).content.decode()
    Draw.objects.update_or_create(lot=lot, tier=3, defaults=SEALED | {"sealed_at": now(), "drawn_at": now()})
    assert client.get(reverse("scorecards"), asked).context["look"].last == years.all_months[-1]
    assert client.get(reports[0]).status_code == 200


SEALED = {"round": 1, "seed": "0" * 64, "size": 0, "staff_digest": "0" * 64}
