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
    """`new` and `gone`: what one of the periods has and the other has not, after mapping."""

    months: list[Month]
    new: Volume
    gone: Volume

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
    return [
        Cell(cell.month, new, cell.volume.part(shares))
        for cell in cells
        for new, shares in became.get(cell.key, {cell.key: (Fraction(1), Fraction(1))}).items()
    ]


def compare(
    now: Iterable[Cell],
    base: Iterable[Cell],
    became: Mapping[str, Mapping[str, Shares]],
    months: list[tuple[date, date]],
) -> Compared:
    """`months`: each month of the period with the one of the base that it is held against."""
    current, before, anew = list(now), list(base), told_anew(base, became)
    alike = {cell.key for cell in current} & {cell.key for cell in anew}
    found = {month: Month(month, base_month) for month, base_month in months}
    of_base = {base_month: found[month] for month, base_month in months}
    for cell in current:
        one = found[cell.month]
        one.now += cell.volume
        one.now_alike += cell.volume if cell.key in alike else Volume()
    for cell in before:
        of_base[cell.month].base += cell.volume
    for cell in anew:
        of_base[cell.month].base_alike += cell.volume if cell.key in alike else Volume()
    new = sum((cell.volume for cell in current if cell.key not in alike), Volume())
    gone = sum((cell.volume for cell in anew if cell.key not in alike), Volume())
    return Compared(list(found.values()), new, gone)


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
