"""The plant calendar from its table, and moments in the plant's time zone."""

from __future__ import annotations

import logging
from datetime import date, datetime, time, timedelta

from django.core.cache import cache
from django.utils import timezone

from workflows.engine.models import CalendarDay, WorkingPeriod
from workflows.engine.working_hours import PlantCalendar

log = logging.getLogger(__name__)

CACHE_KEY = "plant-calendar"
DEFAULT_PERIODS = ((time(8, 0), time(12, 0)), (time(13, 30), time(17, 30)))


def load() -> PlantCalendar:
    """The calendar in force, read once a minute at most."""
    calendar = cache.get(CACHE_KEY)
    if calendar is None:
        periods = tuple(WorkingPeriod.objects.values_list("starts", "ends")) or DEFAULT_PERIODS
        calendar = PlantCalendar(periods, dict(CalendarDay.objects.values_list("date", "is_working")))
        cache.set(CACHE_KEY, calendar, 60)
    return calendar


def forget() -> None:
    """After a change of the tables."""
    cache.delete(CACHE_KEY)


def due(start: datetime, hours: float) -> datetime:
    """`hours` working hours after the aware moment `start`, aware."""
    calendar = load()
    moment = calendar.add(timezone.make_naive(start), hours)
    if not calendar.knows(moment.year):
        log.warning("plant calendar of %s is missing: public holidays are not counted", moment.year)
    return timezone.make_aware(moment)


def working_time(start: datetime, end: datetime) -> timedelta:
    """Working time between two aware moments."""
    return load().between(timezone.make_naive(start), timezone.make_naive(end))


def import_year(year: int) -> int:
    """Seed one year from chinesecalendar, make-up working days included. Returns the number of days written.

    Raises NotImplementedError when the package does not know the year yet.
    """
    import chinese_calendar

    first = date(year, 1, 1)
    chinese_calendar.is_workday(first)  # says at once if the year is unknown
    days = [first + timedelta(days=n) for n in range(366) if (first + timedelta(days=n)).year == year]
    rows = [CalendarDay(date=day, is_working=chinese_calendar.is_workday(day), note=_note(day)) for day in days]
    CalendarDay.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["date"], update_fields=["is_working", "note"]
    )
    forget()
    return len(rows)


def _note(day: date) -> str:
    import chinese_calendar

    on_holiday, name = chinese_calendar.get_holiday_detail(day)
    if name:
        return name
    return "make-up day" if not on_holiday and day.weekday() >= 5 else ""


def missing_years(today: date) -> list[int]:
    """This year and, from October on, the next, as far as they have not been imported."""
    calendar = load()
    wanted = [today.year] + ([today.year + 1] if today.month >= 10 else [])
    return [year for year in wanted if not calendar.knows(year)]
