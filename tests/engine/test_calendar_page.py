"""Keeping the calendar: a year brought in, a day changed, shifts of a unit; and deadlines counted by them."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from tests.plant import Plant
from tests.proposal_story import Story, publish_rules
from workflows.engine import plant_calendar
from workflows.engine.keeping import hours
from workflows.engine.models import CalendarDay, CalendarImport, Decision, ShiftPlan
from workflows.engine.tasks import warn_of_missing_years
from workflows.engine.working_hours import PlantCalendar
from workflows.ledger.clock import injected, now
from workflows.ledger.models import Entry
from workflows.notices.models import Outbox
from workflows.organisation.errors import Refused
from workflows.organisation.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten() -> Any:
    plant_calendar.forget()
    yield
    plant_calendar.forget()


def book(*rows: tuple[Any, ...]) -> SimpleUploadedFile:
    made, target = Workbook(), io.BytesIO()
    for row in (("日期", "上班", "说明"), *rows):
        made.active.append(row)
    made.save(target)
    return SimpleUploadedFile("日历.xlsx", target.getvalue())


def at(*parts: int) -> datetime:
    return timezone.make_aware(datetime(*parts))


def bring(plant: Plant, data: dict[str, Any]) -> CalendarImport:
    answer = plant.client(plant.admin).post(reverse("admin_calendar_import"), data)
    assert answer.status_code == 302, answer.content.decode()
    return CalendarImport.objects.latest("pk")


def confirm(plant: Plant, kept: CalendarImport, digest: str | None = None) -> Any:
    client = plant.client(plant.admin)
    page = client.get(reverse("admin_calendar_preview", args=[kept.pk]))
    plan = {"plan": page.context["plan"].digest if digest is None else digest}
    return client.post(reverse("admin_calendar_confirm", args=[kept.pk]), plan)


# ------------------------------------------------------------------------------------------------ years and days


def test_a_year_of_the_package_is_looked_at_and_then_brought_in(
    plant: Plant, django_capture_on_commit_callbacks: Any
) -> None:
    kept = bring(plant, {"year": "2026"})
    assert not CalendarDay.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert confirm(plant, kept).status_code == 302
    assert CalendarDay.objects.count() == 365 and not CalendarDay.objects.get(date=date(2026, 10, 1)).is_working
    assert Entry.objects.get(chain__subject="calendar:0").event == "engine.calendar.imported"
    text = plant.client(plant.admin).get(reverse("admin_calendar") + "?year=2026").content.decode()
    assert "国庆" in text or "National Day" in text or 'data-day="holiday"' in text
    again = confirm(plant, kept, "x")
    assert again.status_code == 302 and CalendarDay.objects.count() == 365


def test_a_year_nobody_knows_is_refused_at_its_field(plant: Plant) -> None:
    answer = plant.client(plant.admin).post(reverse("admin_calendar_import"), {"year": "2099"})
    assert answer.status_code == 422 and "2099" in str(answer.context["by_year"].errors["year"])


def test_a_spreadsheet_names_its_bad_rows_and_fills_the_year_up(
    plant: Plant, django_capture_on_commit_callbacks: Any
) -> None:
    rows = ((date(2027, 1, 1), "否", "元旦"), ("2027-01-02", "休", ""), ("2027/1/3", "班", "调休"),
            ("某日", "是", ""), ("2027-01-04", "也许", ""), ("2027-01-01", "是", ""), ("=1+1", "是", ""))  # fmt: skip
    kept = bring(plant, {"file": book(*rows)})
    page = plant.client(plant.admin).get(reverse("admin_calendar_preview", args=[kept.pk])).content.decode()
    assert len(kept.rows) == 3 and len(kept.faults) == 4 and "第 5 行" in page and "既不是“是”也不是“否”" in page
    with django_capture_on_commit_callbacks(execute=True):
        confirm(plant, kept)
    assert CalendarDay.objects.count() == 365
    days = dict(CalendarDay.objects.values_list("date", "is_working"))
    assert not days[date(2027, 1, 1)] and days[date(2027, 1, 3)] and days[date(2027, 3, 1)]
    assert plant_calendar.load().knows(2027)


@pytest.mark.parametrize("content", [b"", b"\xd0\xcf\x11\xe0 old", b"PK\x03\x04 no zip", b"a,b\n1,2\n"])
def test_a_file_that_is_none_is_refused(plant: Plant, content: bytes) -> None:
    file = SimpleUploadedFile("x.xlsx", content)
    answer = plant.client(plant.admin).post(reverse("admin_calendar_import"), {"file": file})
    assert answer.status_code == 422 and not CalendarImport.objects.exists()


def test_a_preview_that_is_out_of_date_changes_nothing(plant: Plant) -> None:
    kept = bring(plant, {"year": "2026"})
    plant_calendar.import_year(2026)
    assert confirm(plant, kept, "0" * 64).status_code == 409
    kept.refresh_from_db()
    assert kept.state == "waiting"


def test_a_day_is_changed_by_hand_and_on_record(plant: Plant, django_capture_on_commit_callbacks: Any) -> None:
    client, address = plant.client(plant.admin), reverse("admin_calendar_day")
    soon = timezone.localdate(now()) + timedelta(days=3)
    early = client.post(address, {"day": soon.isoformat(), "is_working": "0", "note": "停炉"})
    assert early.status_code == 422 and "请先录入" in early.content.decode()
    plant_calendar.import_year(soon.year)
    plant_calendar.import_year(2024)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(address, {"day": soon.isoformat(), "is_working": "0", "note": "停炉"})
    assert answer.status_code == 302 and not plant_calendar.load().is_working(soon)
    assert client.post(address, {"day": "2024-02-02", "is_working": "1"}).status_code == 422
    assert Entry.objects.filter(event="engine.calendar.day_changed").count() == 1
    assert "停炉" in client.get(reverse("admin_calendar") + f"?year={soon.year}").content.decode()


def test_only_the_administrators_at_the_top_keep_the_plants_days(plant: Plant) -> None:
    plant.hold(plant.stranger, Role.ADMINISTRATOR, plant.section)
    client = plant.client(plant.stranger)
    assert client.get(reverse("admin_calendar")).status_code == 200
    assert client.get(reverse("admin_calendar_import")).status_code == 403
    assert client.post(reverse("admin_calendar_day"), {"day": "2026-12-01", "is_working": "1"}).status_code == 403
    observer = plant.client(plant.observer)
    assert observer.get(reverse("admin_calendar")).status_code == 200
    assert observer.post(reverse("admin_calendar_day"), {"day": "2026-12-01"}).status_code == 403
    assert plant.client(plant.author).get(reverse("admin_calendar")).status_code == 403


def test_the_warning_stands_until_the_year_is_there(plant: Plant) -> None:
    with injected(at(2026, 11, 20, 9)):
        client = plant.client(plant.admin)
        both = client.get(reverse("admin_calendar")).content.decode()
        assert "缺 2026 年的日历" in both and "缺 2027 年的日历" in both
        home = client.get(reverse("home")).content.decode()
        assert "缺 2027 年的日历" in home
        assert "年的日历" not in plant.client(plant.author).get(reverse("home")).content.decode()
        plant_calendar.import_year(2026)
        assert "缺 2026 年" not in client.get(reverse("admin_calendar")).content.decode()


def test_the_keepers_are_told_once_a_month(plant: Plant, caplog: pytest.LogCaptureFixture) -> None:
    plant.hold(plant.stranger, Role.ADMINISTRATOR, plant.section)
    for day in (2, 3, 30):
        with injected(at(2026, 11, day, 9)):
            assert warn_of_missing_years() == [2026, 2027]
    with injected(at(2026, 12, 1, 9)):
        warn_of_missing_years()
    told = Outbox.objects.filter(event="engine.calendar.missing", channel="in_product")
    assert told.count() == 4 and {row.recipient for row in told} == {plant.admin}
    assert "2027 is missing" in caplog.text


def test_the_pages_cost_the_same_for_many_plans(plant: Plant) -> None:
    client = plant.client(plant.admin)
    client.get(reverse("admin_calendar"))

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse("admin_calendar")).status_code == 200
        return len(seen)

    hours.change(actor=plant.admin, unit=plant.section, lines="08:00-16:00", every_day=False, begins_on=None)
    few = statements()
    for unit in (plant.team, plant.other_team, plant.acid_section, plant.second_team):
        hours.change(actor=plant.admin, unit=unit, lines="08:00-16:00", every_day=False, begins_on=None)
    assert statements() == few


# ------------------------------------------------------------------------------------------------ a missing year


def test_a_deadline_counted_without_its_year_is_counted_anew(
    plant: Plant, django_capture_on_commit_callbacks: Any
) -> None:
    plant_calendar.import_year(2025)
    with injected(at(2025, 12, 30, 9)):
        publish_rules(plant)
    with injected(at(2025, 12, 31, 15, 30)):
        story = Story(plant)
        story.file(benefit="1000.00", cost="10.00")
        step = story.step()
        assert step.due_at == at(2026, 1, 1, 15, 30)
        kept = bring(plant, {"year": "2026"})
        with django_capture_on_commit_callbacks(execute=True):
            confirm(plant, kept)
    step.refresh_from_db()
    assert step.due_at == at(2026, 1, 4, 15, 30) and step.escalate_at == at(2026, 1, 5, 15, 30)
    assert step.rings_at == step.remind_at
    assert {i.due_at for i in step.items.all()} == {step.due_at}
    assert Decision.objects.get(step=step, verb="recount").data["from"].startswith("2026-01-01")
    with injected(at(2025, 12, 31, 16)):
        page = plant.client(plant.author).get(reverse("case", args=[story.case.number])).content.decode()
    assert "该年日历已录入" in page


# ------------------------------------------------------------------------------------------------ shifts


def put(plant: Plant, unit: Any, **data: Any) -> Any:
    return plant.client(plant.admin).post(reverse("admin_hours", args=[unit.pk]), data)


def test_a_section_in_three_shifts_counts_round_the_clock(
    plant: Plant, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = put(plant, plant.section, lines="00:00-08:00 08:00-16:00 16:00-24:00", every_day="on")
    assert answer.status_code == 302
    publish_rules(plant)
    with injected(at(2027, 5, 1, 22)):  # a Saturday and a holiday
        story = Story(plant)
        story.file(benefit="1000.00", cost="10.00")
    assert story.step().due_at == at(2027, 5, 2, 6)
    text = plant.client(plant.admin).get(reverse("admin_calendar")).content.decode()
    assert "16:00-24:00" in text and "天天" in text
    assert Entry.objects.get(chain__subject=f"calendar:{plant.section.pk}").event == "engine.calendar.hours_changed"


def test_the_nearest_unit_above_with_hours_wins_and_dropping_them_ends_it(
    plant: Plant, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        put(plant, plant.workshop, lines="09:00-12:00")
        put(plant, plant.section, lines="20:00-08:00", every_day="on")
    assert plant_calendar.of(plant.team).periods != plant_calendar.of(plant.team).rotation[0]
    assert plant_calendar.of(plant.team) == plant_calendar.of(plant.section) != plant_calendar.of(plant.other_team)
    assert plant_calendar.of(plant.other_team) == plant_calendar.of(plant.workshop) != plant_calendar.load()
    with django_capture_on_commit_callbacks(execute=True):
        plant.client(plant.admin).post(reverse("admin_hours_drop", args=[plant.section.pk]))
    assert plant_calendar.of(plant.team) == plant_calendar.of(plant.workshop)


def test_a_rotation_counts_only_the_teams_own_shifts() -> None:
    rotation = plant_calendar.read_rotation(hours.read("08:00-16:00\n16:00-24:00\n00:00-08:00\n休"))
    calendar = PlantCalendar((), {}, rotation, date(2026, 11, 2), every_day=True)
    start = datetime(2026, 11, 2, 12)
    assert calendar.add(start, 4) == datetime(2026, 11, 2, 16)
    assert calendar.add(start, 5) == datetime(2026, 11, 3, 17)
    assert calendar.add(start, 20) == datetime(2026, 11, 4, 8)
    assert calendar.add(start, 21) == datetime(2026, 11, 6, 9)
    assert calendar.between(start, datetime(2026, 11, 6, 9)) == timedelta(hours=21)
    assert calendar.hours_a_day == 8


def test_a_night_shift_of_the_day_before_counts() -> None:
    calendar = PlantCalendar((), {}, plant_calendar.read_rotation(hours.read("20:00-08:00")), None, every_day=True)
    early = datetime(2026, 11, 3, 6)
    assert calendar.add(early, 2) == datetime(2026, 11, 3, 8)
    assert calendar.add(early, 3) == datetime(2026, 11, 3, 21)


@pytest.mark.parametrize(
    "lines",
    ["", "休", "8 to 16", "25:00-26:00", "08:00-12:00 11:00-15:00", "08:00-16:00\nabc", "20:00-09:00 08:00-10:00",
     "06:00-08:00 20:00-07:00", "\n".join(["08:00-16:00"] * 43)],
)  # fmt: skip
def test_hours_that_cannot_be_are_refused(lines: str) -> None:
    with pytest.raises(Refused):
        hours.read(lines)


def test_a_rotation_says_when_it_begins_and_what_was_typed_stays(plant: Plant) -> None:
    answer = put(plant, plant.section, lines="08:00-16:00\n休")
    assert answer.status_code == 422 and "begins_on" in answer.context["form"].errors
    assert "08:00-16:00\n休" in answer.content.decode() and not ShiftPlan.objects.exists()
    assert put(plant, plant.section, lines="08:00-16:00\n休", begins_on="2026-11-02").status_code == 302


def test_hours_are_an_administrators_at_the_unit(plant: Plant) -> None:
    plant.hold(plant.stranger, Role.ADMINISTRATOR, plant.section)
    client = plant.client(plant.stranger)
    assert client.get(reverse("admin_hours", args=[plant.team.pk])).status_code == 200
    assert client.get(reverse("admin_hours", args=[plant.other_section.pk])).status_code == 404
    assert client.post(reverse("admin_hours_drop", args=[plant.workshop.pk])).status_code == 404
    assert plant.client(plant.author).get(reverse("admin_hours", args=[plant.team.pk])).status_code == 403


def test_an_observer_reads_the_calendar_and_is_offered_nothing_to_change(plant: Plant) -> None:
    shown = plant.client(plant.observer).get(reverse("admin_calendar")).content.decode()
    assert reverse("admin_hours_pick") not in shown
    assert reverse("admin_hours_pick") in plant.client(plant.admin).get(reverse("admin_calendar")).content.decode()
