"""How many each tier checks, and of which: bottom-up 自下而上, 20 % of the tier below.

Percentages are of the drawn count without extras and round up; sizes stop at what there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True)
class Strata:
    """T2's two halves: of the jobs that passed, of those that did not."""

    passed: int
    not_passed: int

    @property
    def size(self) -> int:
        return self.passed + self.not_passed


def share_of(drawn: int, percent: int, least: int) -> int:
    return max(least, ceil(drawn * percent / 100))


def section_size(drawn: int, *, passed: int, not_passed: int, percent: int = 20, least: int = 3) -> Strata:
    """T2 of `drawn` jobs below: an odd one goes to those not passed; a short stratum is filled from the other."""
    size = min(share_of(drawn, percent, least), passed + not_passed)
    from_failed = min(ceil(size / 2), not_passed)
    from_passed = min(size - from_failed, passed)
    return Strata(passed=from_passed, not_passed=size - from_passed)


def workshop_size(drawn: int, *, there: int, percent: int = 20, least: int = 2) -> int:
    """T3 of `drawn` jobs below; disputed and critical jobs come on top."""
    return min(share_of(drawn, percent, least), there)


def most_a_person(jobs: int, eligible: int) -> int:
    """Nobody takes more than ⌈2n ÷ eligible⌉ + 1 forms of one draw of n jobs."""
    return ceil(2 * jobs / eligible) + 1 if eligible else 0
