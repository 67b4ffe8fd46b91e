"""Deadlines in working hours, against counting minutes one by one."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.engine.working_hours import EmptyCalendar, PlantCalendar

PERIODS = ((time(8), time(12)), (time(13, 30), time(17, 30)))
# The week of National Day 2026 and a make-up Saturday.
DAYS = {date(2026, 10, d): False for d in range(1, 8)} | {date(2026, 10, 10): True, date(2026, 1, 1): False}
CALENDAR = PlantCalendar(PERIODS, DAYS)
moments = st.datetimes(datetime(2026, 9, 25), datetime(2026, 10, 15)).map(lambda m: m.replace(second=0, microsecond=0))


def worked(moment: datetime) -> bool:
    day = CALENDAR.days.get(moment.date(), moment.weekday() < 5)
    return day and any(b <= moment.time() < e for b, e in PERIODS)


def test_friday_evening_to_monday() -> None:
    assert CALENDAR.add(datetime(2026, 11, 13, 16, 30), 2) == datetime(2026, 11, 16, 9)


def test_eight_hours_are_a_day_and_end_at_half_past_five() -> None:
    assert CALENDAR.add(datetime(2026, 11, 16, 7), 8) == datetime(2026, 11, 16, 17, 30)
    assert CALENDAR.hours_a_day == 8


def test_a_holiday_week_is_not_counted_and_a_make_up_saturday_is() -> None:
    assert CALENDAR.add(datetime(2026, 9, 30, 17, 30), 8) == datetime(2026, 10, 8, 17, 30)
    assert CALENDAR.add(datetime(2026, 10, 9, 17, 30), 4) == datetime(2026, 10, 10, 12)


@given(moments, st.integers(1, 60 * 40))
def test_adding_counts_every_working_minute_once(start: datetime, minutes: int) -> None:
    end = CALENDAR.add(start, minutes / 60)
    counted, moment = 0, start
    while counted < minutes:
        counted += worked(moment)
        moment += timedelta(minutes=1)
    assert abs(end - moment) < timedelta(seconds=1)


@given(moments, moments)
def test_between_is_the_sum_of_the_parts(first: datetime, second: datetime) -> None:
    middle = first + (second - first) / 2
    total = CALENDAR.between(first, second)
    assert total == CALENDAR.between(first, middle) + CALENDAR.between(middle, second)


@given(moments, moments, moments)
def test_overlapping_shifts_are_counted_once_and_never_backwards(a: datetime, b: datetime, c: datetime) -> None:
    """A night shift that ends when the next day's first is under way."""
    night, early = (time(22), time(6)), (time(0), time(8))
    shifts = PlantCalendar((), rotation=((early,), (), (night,)), begins_on=date(2026, 9, 1), every_day=True)
    first, middle, last = sorted((a, b, c))
    parts = shifts.between(first, middle), shifts.between(middle, last)
    assert min(parts) >= timedelta(0) and sum(parts, timedelta(0)) == shifts.between(first, last)


def test_a_calendar_that_never_works_says_so() -> None:
    with pytest.raises(EmptyCalendar):
        PlantCalendar(()).add(datetime(2026, 1, 1), 1)


def test_a_year_that_was_not_imported_is_known_to_be_missing() -> None:
    assert CALENDAR.knows(2026) and not CALENDAR.knows(2027)
