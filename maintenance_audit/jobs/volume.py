"""Outsourced volume of a period against a base period: raw, and like for like. Exact arithmetic; knows no Django.

Like for like, the base is told in the terms of today: what was merged or split since is mapped (`told_anew`), and only
what there is in both periods is compared. What is new or gone stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

Shares = tuple[Fraction, Fraction]  # of orders; of hours and amount
Became = Mapping[str, Mapping[str, Shares]]  # old → new → how much of it


@dataclass(frozen=True)
class Volume:
    orders: Fraction = Fraction(0)
    hours: Fraction = Fraction(0)
    amount: Fraction = Fraction(0)

    def __add__(self, other: Volume) -> Volume:
        return Volume(self.orders + other.orders, self.hours + other.hours, self.amount + other.amount)

    def __sub__(self, other: Volume) -> Volume:
        return Volume(self.orders - other.orders, self.hours - other.hours, self.amount - other.amount)

    def part(self, shares: Shares) -> Volume:
        orders, share = shares
        return Volume(self.orders * orders, self.hours * share, self.amount * share)


@dataclass(frozen=True)
class Cell:
    """So much of one tag, or kind of work, in one month (its first day)."""

    month: date
    key: str
    volume: Volume


@dataclass
class Month:
    """The n-th month of both periods, side by side."""

    month: date
    base_month: date
    now: Volume = field(default_factory=Volume)
    base: Volume = field(default_factory=Volume)
    now_alike: Volume = field(default_factory=Volume)
    base_alike: Volume = field(default_factory=Volume)


@dataclass(frozen=True)
class Compared:
    """`new` and `gone`: what one of the periods has and the other has not, after mapping. `alike`: the keys of today
    that like for like counts; `alike_then`: those of the base that it counts at least a part of."""

    months: list[Month]
    new: Volume
    gone: Volume
    alike: frozenset[str] = frozenset()
    alike_then: frozenset[str] = frozenset()

    @property
    def total(self) -> Month:
        whole = Month(self.months[0].month, self.months[0].base_month)
        for one in self.months:
            whole.now, whole.base = whole.now + one.now, whole.base + one.base
            whole.now_alike, whole.base_alike = whole.now_alike + one.now_alike, whole.base_alike + one.base_alike
        return whole


def change(now: Fraction, base: Fraction) -> Fraction | None:
    """By how much it is more (or less) than the base, as a share of it; None where the base is nothing."""
    return (now - base) / base if base else None


def told_anew(cells: Iterable[Cell], became: Became) -> list[Cell]:
    """The cells in new terms. What is mapped goes to what it became, in one step; what is not stays as it is."""
    found: list[Cell] = []
    for cell in cells:
        into = became.get(cell.key)
        found += [cell] if into is None else [Cell(cell.month, new, cell.volume.part(s)) for new, s in into.items()]
    return found


def compare(now: Iterable[Cell], base: Iterable[Cell], became: Became, months: list[tuple[date, date]]) -> Compared:
    """`months`: each month of the period with the one of the base that it is held against.

    Nearly all is in both periods. So like for like is the raw sum without what is not, which is exact, and much less
    to add up than all that is.
    """
    current, before = list(now), list(base)
    mapped = told_anew((cell for cell in before if cell.key in became), became)
    alike = {c.key for c in current} & ({c.key for c in before if c.key not in became} | {c.key for c in mapped})
    found = {month: Month(month, base_month) for month, base_month in months}
    of_base = {base_month: found[month] for month, base_month in months}
    new, gone = Volume(), Volume()
    for cell in current:
        found[cell.month].now += cell.volume
    for cell in before:
        of_base[cell.month].base += cell.volume
    for one in found.values():
        one.now_alike, one.base_alike = one.now, one.base
    for cell in (c for c in current if c.key not in alike):
        found[cell.month].now_alike -= cell.volume
        new += cell.volume
    for cell in (c for c in before if c.key in became or c.key not in alike):
        of_base[cell.month].base_alike -= cell.volume
        gone += Volume() if cell.key in became else cell.volume
    for cell in mapped:
        if cell.key in alike:
            of_base[cell.month].base_alike += cell.volume
        else:
            gone += cell.volume
    then = {c.key for c in before}
    counted = {old for old in then & became.keys() if any(new in alike and any(s) for new, s in became[old].items())}
    return Compared(
        list(found.values()), new, gone, frozenset(alike), frozenset((then & alike) - became.keys() | counted)
    )


def became_of(rows: Iterable[tuple[str, str, Fraction, Fraction]]) -> dict[str, dict[str, Shares]]:
    """(old, new, orders, share) → what each old one became; a later row of the same two replaces an earlier one."""
    found: dict[str, dict[str, Shares]] = {}
    for old, new, orders, share in rows:
        found.setdefault(old, {})[new] = (orders, share)
    return found


def months_from(first: date, count: int) -> list[date]:
    """The first days of so many months."""
    start = first.year * 12 + first.month - 1
    return [date((start + n) // 12, (start + n) % 12 + 1, 1) for n in range(count)]
