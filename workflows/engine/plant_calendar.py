"""The plant calendar from its table, and moments in the plant's time zone."""

from __future__ import annotations

import json
import logging
import time as time_module
from datetime import date, datetime, time, timedelta

from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from workflows.engine.models import CalendarDay
from workflows.engine.working_hours import Period, PlantCalendar
from workflows.organisation.models import Unit

log = logging.getLogger(__name__)

Calendars = tuple[PlantCalendar, dict[int, PlantCalendar]]  # the plant's, and units' own by their ids
CACHE_KEY = "plant-calendars"
WARN_EVERY = 600  # seconds
KEPT_FOR = 5.0  # seconds, within one process
DEFAULT_PERIODS = ((time(8, 0), time(12, 0)), (time(13, 30), time(17, 30)))

TABLES = """
SELECT p.*, d.*, s.* FROM
    (SELECT array_agg(starts ORDER BY starts), array_agg(ends ORDER BY starts) FROM engine_workingperiod) p,
    (SELECT array_agg(date ORDER BY date), array_agg(is_working ORDER BY date) FROM engine_calendarday) d,
    (SELECT array_agg(unit_id ORDER BY id), array_agg(rotation::text ORDER BY id),
            array_agg(begins_on ORDER BY id), array_agg(every_day ORDER BY id) FROM engine_shiftplan) s
"""

_kept: tuple[float, Calendars] | None = None


def load() -> PlantCalendar:
    """The plant's own calendar in force."""
    return all_in_force()[0]


def of(unit: Unit | None, calendars: Calendars | None = None) -> PlantCalendar:
    """The calendar that a unit works by: its own, or that of the nearest unit above that has one, or the plant's."""
    plant, own = calendars or all_in_force()
    ids = reversed(unit.ancestor_ids) if unit is not None and own else ()
    return next((own[pk] for pk in ids if pk in own), plant)


def all_in_force() -> Calendars:
    """The plant's calendar and those of units by their ids, read once a minute at most.

    What this process has read in the last seconds need not even be asked of the cache.
    """
    global _kept
    if _kept is not None and time_module.monotonic() < _kept[0]:
        return _kept[1]
    found: Calendars | None = cache.get(CACHE_KEY)
    if found is None:
        found = read()
        cache.set(CACHE_KEY, found, 60)
    _kept = (time_module.monotonic() + KEPT_FOR, found)
    return found


def read() -> Calendars:
    """From the three tables, in one statement: pages that reckon by it are looked at with a cold cache, too."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        starts, ends, dates, worked, units, rotations, begin, every = (column or [] for column in cursor.fetchone())
    periods = tuple(zip(starts, ends, strict=True)) or DEFAULT_PERIODS
    days = dict(zip(dates, worked, strict=True))
    plans = zip(units, rotations, begin, every, strict=True)
    own = {
        unit: PlantCalendar(periods, days, read_rotation(json.loads(rotation)), begins_on, every_day)
        for unit, rotation, begins_on, every_day in plans
    }
    return PlantCalendar(periods, days), own


def read_rotation(kept: list[list[list[str]]]) -> tuple[tuple[Period, ...], ...]:
    return tuple(tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in day) for day in kept)


def forget() -> None:
    """After a change of the tables. Other processes come to know it within seconds."""
    global _kept
    _kept = None
    cache.delete_many([CACHE_KEY, f"{CACHE_KEY}-warned"])


def due(start: datetime, hours: float, calendar: PlantCalendar | None = None) -> datetime:
    """`hours` working hours after the aware moment `start`, aware; by the plant's calendar if none is given."""
    calendar = calendar or load()
    moment = calendar.add(timezone.make_naive(start), hours)
    if not calendar.knows(moment.year) and cache.add(f"{CACHE_KEY}-warned", moment.year, WARN_EVERY):
        log.warning("plant calendar of %s is missing: public holidays are not counted", moment.year)
    return timezone.make_aware(moment)


def working_time(start: datetime, end: datetime, calendar: PlantCalendar | None = None) -> timedelta:
    """Working time between two aware moments."""
    return (calendar or load()).between(timezone.make_naive(start), timezone.make_naive(end))


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [day for n in range(366) if (day := first + timedelta(days=n)).year == year]


def known_year(year: int) -> list[CalendarDay]:
    """A year as chinesecalendar knows it, make-up working days included; nothing is written.

    Raises NotImplementedError when the package does not know the year yet.
    """
    import chinese_calendar

    days = days_of(year)
    chinese_calendar.is_workday(days[0])  # says at once if the year is unknown
    return [CalendarDay(date=day, is_working=chinese_calendar.is_workday(day), note=_note(day)) for day in days]


def import_year(year: int) -> int:
    """Seed one year from chinesecalendar. Returns the number of days written; raises as `known_year`."""
    rows = known_year(year)
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
