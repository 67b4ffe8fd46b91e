"""The days of a finding: so many working days to reply, so many calendar days to put it right."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from workflows.engine import plant_calendar


def end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def after_working_days(start: datetime, count: int) -> datetime:
    """The end of the count-th working day of the plant after the day of `start`."""
    calendar, day = plant_calendar.load(), timezone.localdate(start)
    while count:
        day += timedelta(days=1)
        count -= calendar.is_working(day)
    return end_of(day)


def after_days(start: datetime, count: int) -> date:
    return timezone.localdate(start) + timedelta(days=count)
