"""A contractor's score: so many points for each part that has anything to be counted. Exact until shown. No Django.

Each part is a share of what went wrong of what was looked at; a part gives its weight times the share of what went
right. A part in which nothing was looked at gives no points and takes none away: the others make up the hundred.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Part:
    """`bad` of `looked_at`; a share above one counts as one."""

    name: str
    weight: int
    bad: Fraction
    looked_at: Fraction

    @property
    def share(self) -> Fraction | None:
        return min(Fraction(1), self.bad / self.looked_at) if self.looked_at > 0 else None


def points(part: Part, of: Sequence[Part]) -> Fraction | None:
    """What the part gives to the score, of 100 in all."""
    whole = sum(one.weight for one in of if one.share is not None)
    if part.share is None or not whole:
        return None
    return 100 * part.weight * (1 - part.share) / whole


def score(parts: Sequence[Part]) -> Fraction | None:
    """0 to 100; None where there is nothing to go by."""
    given = [found for part in parts if (found := points(part, parts)) is not None]
    return sum(given, Fraction(0)) if given else None


def shown(value: Fraction | None) -> str:
    """One place, half up; "" where there is none."""
    if value is None:
        return ""
    tenths = (value * 10 + Fraction(1, 2)) // 1
    return f"{tenths // 10}.{tenths % 10}"
