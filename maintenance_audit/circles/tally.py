"""The mean of a presentation's marks: exact, shown to two places half up, compared unrounded. No Django."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def mean(total: int, count: int) -> Fraction | None:
    """Of whole marks that add up to `total`; None where nobody has marked."""
    return Fraction(total, count) if count else None


def shown(value: Fraction | None) -> str:
    """82.333… → "82.33"; "" where there is none."""
    if value is None:
        return ""
    hundredths = (value * 100 + Fraction(1, 2)) // 1
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def suffices(marks: Sequence[int], *, least: int, pass_mark: int) -> bool:
    """Have enough judges marked, and is their mean no lower than the pass mark?"""
    found = mean(sum(marks), len(marks))
    return len(marks) >= least and found is not None and found >= pass_mark
