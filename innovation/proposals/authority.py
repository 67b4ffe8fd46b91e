"""Who may decide: ceilings on forecast benefit and on cost, by level and category. Both must hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Ceiling:
    """None = no limit."""

    benefit: Decimal | None
    cost: Decimal | None


Ceilings = Mapping[str, Mapping[str, Ceiling]]


def decides_here(level: str, category: str, benefit: Decimal, cost: Decimal, ceilings: Ceilings) -> bool:
    return not exceeded(level, category, benefit, cost, ceilings)


def exceeded(level: str, category: str, benefit: Decimal, cost: Decimal, ceilings: Ceilings) -> tuple[str, ...]:
    """Name what goes beyond this level: "benefit", "cost", both or nothing. A sum equal to its ceiling is within."""
    ceiling = ceilings[level][category]
    return tuple(
        name
        for name, sum_, limit in (("benefit", benefit, ceiling.benefit), ("cost", cost, ceiling.cost))
        if limit is not None and sum_ > limit
    )


def deciding_level(levels: list[str], category: str, benefit: Decimal, cost: Decimal, ceilings: Ceilings) -> str:
    """The lowest of these levels, lowest first, that may decide; the last one if none may."""
    for level in levels:
        if decides_here(level, category, benefit, cost, ceilings):
            return level
    return levels[-1]
