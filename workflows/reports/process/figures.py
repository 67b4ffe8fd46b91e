"""What is said of times: the shapes that pages, spreadsheets and the API share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

HOUR = 3_600_000_000  # microseconds


def hours(micros: int | None) -> Decimal | None:
    """Hours to one place, half up; exact until then."""
    if micros is None:
        return None
    return (Decimal(micros) / HOUR).quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True)
class Times:
    """Microseconds: the median, what nine in ten did not exceed, and the longest. All are times that occurred."""

    median: int | None = None
    ninth: int | None = None
    longest: int | None = None

    @property
    def median_hours(self) -> Decimal | None:
        return hours(self.median)

    @property
    def ninth_hours(self) -> Decimal | None:
        return hours(self.ninth)

    @property
    def longest_hours(self) -> Decimal | None:
        return hours(self.longest)


@dataclass(frozen=True)
class Said:
    """Of a group of visits: how many, how many late of how many with a deadline, and the times unless they are few."""

    count: int
    late: int
    due: int
    worked: Times
    lasted: Times
    shown: bool = True

    @classmethod
    def of(cls, row: Sequence[Any], shown: bool) -> Said:
        """From the columns of `spans.SAID`."""
        count, late, due, *times = row
        if not shown:
            times = [None] * 6
        return cls(count, late, due, Times(*times[:3]), Times(*times[3:]), shown)

    @property
    def late_share(self) -> Decimal | None:
        return share(self.late, self.due)


def share(part: int, whole: int) -> Decimal | None:
    """Percent to one place, half up; None where there is nothing to be a part of."""
    if not whole:
        return None
    return (Decimal(part * 100) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
