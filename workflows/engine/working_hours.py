"""Working time on a plant calendar. Pure: no Django.

A calendar is two things: which days are worked, and at which hours of such a day (plant time, naive).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

Period = tuple[time, time]
REACH = 3660  # days looked ahead before giving up on a calendar that never works again


class EmptyCalendar(ValueError):
    """The calendar has no working hours in reach, so no deadline can be told."""


@dataclass(frozen=True)
class PlantCalendar:
    """`days` says of a date whether it is worked; a date it does not know is worked from Monday to Friday."""

    periods: tuple[Period, ...]
    days: dict[date, bool] = field(default_factory=dict)

    def is_working(self, day: date) -> bool:
        return self.days.get(day, day.weekday() < 5)

    def knows(self, year: int) -> bool:
        """Has this year been imported? If not, its deadlines ignore public holidays and that must be said."""
        return date(year, 1, 1) in self.days

    def _stretches(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        for offset in range(REACH):
            day = start.date() + timedelta(days=offset)
            if not self.is_working(day):
                continue
            for begins, ends in self.periods:
                stretch = max(start, datetime.combine(day, begins)), datetime.combine(day, ends)
                if stretch[0] < stretch[1]:
                    yield stretch

    def stretches(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """What is worked from `start` to `end`, in order and cut to both (plant time, naive)."""
        for begins, ends in self._stretches(start):
            if begins >= end:
                return
            yield begins, min(ends, end)

    def add(self, start: datetime, hours: float) -> datetime:
        """The moment by which `hours` working hours have passed since `start` (both plant time, naive)."""
        left = timedelta(hours=hours)
        if left <= timedelta(0):
            return start
        for begins, ends in self._stretches(start):
            if left <= ends - begins:
                return begins + left
            left -= ends - begins
        raise EmptyCalendar("no working hours ahead")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from `start` to `end`; negative when `end` is earlier."""
        if end < start:
            return -self.between(end, start)
        return sum((ends - begins for begins, ends in self.stretches(start, end)), timedelta(0))

    @property
    def hours_a_day(self) -> float:
        """Length of a working day in hours."""
        anchor = date(2000, 1, 3)
        spans = (datetime.combine(anchor, e) - datetime.combine(anchor, b) for b, e in self.periods)
        return sum(spans, timedelta(0)) / timedelta(hours=1)
