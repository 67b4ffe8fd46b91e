"""Working time from the table is working time from the calendar, whatever the moments and the shifts."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from math import ceil
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.engine.working_hours import PlantCalendar
from workflows.reports.process.figures import hours, share
from workflows.reports.process.worktime import EPOCH, WorkTable, micros

ZONE = ZoneInfo("Asia/Shanghai")
FIRST, LAST = datetime(2026, 1, 20, 3, 7, 11, 5, tzinfo=UTC), datetime(2026, 3, 10, tzinfo=UTC)
PLANS = [
    ((time(8), time(12)), (time(13, 30), time(17, 30))),
    ((time(0), time(8)), (time(16), time(23, 59, 59))),
    ((time(7, 30), time(7, 31)),),
]
moments = st.datetimes(datetime(2026, 1, 20, 12), datetime(2026, 3, 9), timezones=st.just(ZONE))
days = st.dictionaries(st.dates(date(2026, 1, 20), date(2026, 3, 10)), st.booleans(), max_size=12)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PLANS), days, moments, moments)
def test_the_table_agrees_with_the_calendar(plan, off, one, other):
    calendar = PlantCalendar(plan, off)
    table = WorkTable.of(calendar, ZONE, FIRST, LAST)
    start, end = sorted([one, other])
    slow = calendar.between(start.replace(tzinfo=None), end.replace(tzinfo=None))
    assert table.between(start, end) == slow // timedelta(microseconds=1)


@given(moments, moments, moments)
def test_time_adds_up(one, two, three):
    a, b, c = sorted([one, two, three])
    table = WorkTable.of(PlantCalendar(PLANS[0]), ZONE, FIRST, LAST)
    assert table.between(a, b) + table.between(b, c) == table.between(a, c)
    assert 0 <= table.between(a, b) <= micros(b) - micros(a)


def test_a_table_reaches_over_more_years_than_a_calendar_looks_ahead():
    first, last = datetime(2010, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    table = WorkTable.of(PlantCalendar(PLANS[0]), ZONE, first, last)
    assert table.before[-1] > 4000 * 8 * 3600 * 10**6


@given(st.integers(0, 10**15))
def test_hours_round_half_up(number):
    tenths = Fraction(number, 360_000_000)
    assert hours(number) * 10 == ceil(tenths - Fraction(1, 2)) or tenths % 1 == Fraction(1, 2)
    assert hours(None) is None


def test_a_moment_is_whole_microseconds():
    assert micros(EPOCH + timedelta(seconds=1, microseconds=7)) == 1_000_007


def test_a_share_of_nothing_is_none():
    assert share(0, 0) is None
    assert str(share(1, 3)) == "33.3"
    assert str(share(1, 8)) == "12.5"
