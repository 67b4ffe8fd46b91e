"""Working time looked up instead of counted: each worked stretch with all that was worked before it. Pure: no Django.

Moments are whole microseconds since 1970-01-01 UTC, so that Python and PostgreSQL reckon in the same integers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
CHUNK = timedelta(days=365)  # a calendar looks only so many years ahead from one start


class Calendar(Protocol):
    def stretches(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]: ...


def micros(moment: datetime) -> int:
    """Whole microseconds since 1970 of an aware moment."""
    return (moment - EPOCH) // MICROSECOND


@dataclass(frozen=True)
class WorkTable:
    """Three columns of equal length: a stretch begins, ends, and so much was worked before it. The first is empty."""

    begins: tuple[int, ...]
    ends: tuple[int, ...]
    before: tuple[int, ...]

    @classmethod
    def of(cls, calendar: Calendar, zone: tzinfo, first: datetime, last: datetime) -> WorkTable:
        """All that is worked from `first` to `last` (aware)."""
        begins, ends, before, total = [0], [0], [0], 0
        for start, end in _stretches(calendar, zone, first, last):
            begins.append(start)
            ends.append(end)
            before.append(total)
            total += end - start
        return cls(tuple(begins), tuple(ends), tuple(before))

    def until(self, moment: int) -> int:
        """Microseconds worked from the table's beginning to this moment."""
        place = bisect_right(self.begins, moment) - 1
        return self.before[place] + min(moment, self.ends[place]) - self.begins[place]

    def between(self, start: datetime, end: datetime) -> int:
        return self.until(micros(end)) - self.until(micros(start))


def _stretches(calendar: Calendar, zone: tzinfo, first: datetime, last: datetime) -> Iterator[tuple[int, int]]:
    here, end = first.astimezone(zone).replace(tzinfo=None), last.astimezone(zone).replace(tzinfo=None)
    while here < end:
        stop = min(here + CHUNK, end)
        for begins, ends in calendar.stretches(here, stop):
            yield micros(begins.replace(tzinfo=zone)), micros(ends.replace(tzinfo=zone))
        here = stop
