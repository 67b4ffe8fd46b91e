"""The plant calendar's table: a year comes in, its holidays and make-up days count."""

from __future__ import annotations

import logging
from datetime import date, datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from workflows.engine import plant_calendar
from workflows.engine.models import CalendarDay

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten():
    plant_calendar.forget()
    yield
    plant_calendar.forget()


def at(*parts: int) -> datetime:
    return timezone.make_aware(datetime(*parts))


def test_the_operator_imports_a_year_and_twice_is_once() -> None:
    call_command("import_calendar", "2026")
    call_command("import_calendar", "2026")
    assert CalendarDay.objects.count() == 365
    assert not CalendarDay.objects.get(date=date(2026, 10, 1)).is_working


def test_a_deadline_skips_national_day(caplog: pytest.LogCaptureFixture) -> None:
    call_command("import_calendar", "2026")
    with caplog.at_level(logging.WARNING):
        assert plant_calendar.due(at(2026, 9, 30, 16, 30), 2) == at(2026, 10, 8, 9, 0)
    assert not caplog.records


def test_a_missing_year_is_said_aloud(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        plant_calendar.due(at(2026, 9, 30, 16, 30), 2)
    assert "2026 is missing" in caplog.text
    assert plant_calendar.missing_years(date(2026, 11, 1)) == [2026, 2027]


def test_a_year_nobody_knows_yet_is_refused() -> None:
    with pytest.raises(CommandError):
        call_command("import_calendar", "2099")
