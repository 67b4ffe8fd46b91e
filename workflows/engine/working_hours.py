"""Working time on a plant calendar. Pure: no Django.

A calendar is two things: which days are worked, and at which hours of such a day (plant time, naive).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property

Period = tuple[time, time]
REACH = 3660  # days looked ahead before giving up on a calendar that never works again


class EmptyCalendar(ValueError):
    """The calendar has no working hours in reach, so no deadline can be told."""


@dataclass(frozen=True)
class PlantCalendar:
    """`days` says of a date whether it is worked; a date it does not know is worked from Monday to Friday.

    `rotation`: hours of each of its days instead of `periods`, the first on `begins_on`, then over and over; a day
    without any is off. `every_day`: holidays and weekends are worked as other days are.
    A period that does not end after it begins ends on the next day, and belongs to the day on which it begins.
    """

    periods: tuple[Period, ...]
    days: dict[date, bool] = field(default_factory=dict)
    rotation: tuple[tuple[Period, ...], ...] = ()
    begins_on: date | None = None
    every_day: bool = False

    def is_working(self, day: date) -> bool:
        return bool(self.hours_of(day)) and (self.every_day or self.days.get(day, day.weekday() < 5))

    def hours_of(self, day: date) -> tuple[Period, ...]:
        """The hours of such a day, were it worked."""
        if not self.rotation:
            return self.periods
        return self.rotation[(day - (self.begins_on or day)).days % len(self.rotation)]

    def knows(self, year: int) -> bool:
        """Has this year been imported? If not, its deadlines ignore public holidays and that must be said."""
        return self.every_day or date(year, 1, 1) in self.days

    def _worked_on(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """From when to when; kept, because the rows of a list ask for the same few days."""
        if (known := self._known_days.get(day)) is None:
            hours = self.hours_of(day) if self.is_working(day) else ()
            known = self._known_days[day] = tuple(_on(day, period) for period in hours)
        return known

    @cached_property
    def _known_days(self) -> dict[date, tuple[tuple[datetime, datetime], ...]]:
        return {}

    def _stretches(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working time from `start` on, in order and without overlap; a night shift of the day before counts."""
        first = start.date()
        for offset in range(-1, REACH):
            for begins, ends in self._worked_on(first + timedelta(days=offset)):
                stretch = max(start, begins), ends
                if stretch[0] < stretch[1]:
                    yield stretch
                    start = ends

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
        worked, first = timedelta(0), start.date()
        for offset in range(-1, (end.date() - first).days + 1):
            for begins, ends in self._worked_on(first + timedelta(days=offset)):
                begins, ends = max(begins, start), min(ends, end)
                if begins < ends:  # shifts may overlap: what one has counted the next counts no more
                    worked += ends - begins
                    start = ends
        return worked

    @cached_property
    def hours_a_day(self) -> float:
        """Length of a working day in hours; of a rotation, of its mean working day."""
        worked = [day for day in self.rotation if day] or [self.periods]
        return sum(hours_in(day) for day in worked) / len(worked)


def hours_in(periods: tuple[Period, ...]) -> float:
    spans = (ends - begins for begins, ends in (_on(date(2000, 1, 3), period) for period in periods))
    return sum(spans, timedelta(0)) / timedelta(hours=1)


def _on(day: date, period: Period) -> tuple[datetime, datetime]:
    begins, ends = period
    over_night = timedelta(days=1) if ends <= begins else timedelta(0)
    return datetime.combine(day, begins), datetime.combine(day, ends) + over_night
