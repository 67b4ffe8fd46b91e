"""Panels: what a business app puts into the cockpit. Each is figures, a picture, a table, and the rows behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format

from workflows.engine.kinds import Text
from workflows.reports.cockpit import counting
from workflows.reports.cockpit.look import Look
from workflows.reports.process.pictures import Picture


@dataclass(frozen=True)
class Cell:
    """What a cell of a table says: the words of the page, the value of the spreadsheet, where its rows are."""

    words: str
    value: Any = None
    url: str = ""


@dataclass(frozen=True)
class Figure:
    """One large number with its label, and what stands small beneath it."""

    label: Text
    words: str
    note: str = ""
    url: str = ""
    state: str = ""


@dataclass
class Shown:
    """`empty` is the sentence instead of a picture where nothing happened in these months."""

    figures: list[Figure] = field(default_factory=list)
    picture: Picture | None = None
    keys: Sequence[tuple[str, Text]] = ()  # css of the key, what it stands for
    head: Sequence[Any] = ()
    rows: list[list[Cell]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    empty: str = ""
    more: tuple[str, Text] | None = None  # another page: address and words


@dataclass(frozen=True)
class Listed:
    """The rows behind a figure: exactly those that it counts."""

    title: str
    found: QuerySet[Any]
    head: Sequence[Any]
    cells: Callable[[Any], list[Cell]]
    period: tuple[date, date] | None = None  # the first day and the day after the last; None: whenever it was
    note: str = ""  # what a row alone does not say

    @property
    def months(self) -> list[date]:
        return counting.ends(*self.period) if self.period else []


@dataclass(frozen=True)
class Panel:
    """`of` reckons in few statements, whatever the number of months; `rows` answers the links that it makes."""

    name: str
    title: Text
    definition: Text
    of: Callable[[Look], Shown]
    rows: Callable[[Look, Mapping[str, str]], Listed | None] = lambda look, given: None
    order: int = 50


_panels: dict[str, Panel] = {}


def register(*panels: Panel) -> None:
    _panels.update({panel.name: panel for panel in panels})


def all_panels() -> list[Panel]:
    return sorted(_panels.values(), key=lambda panel: panel.order)


def get(name: str) -> Panel | None:
    return _panels.get(name)


def link(look: Look, panel: str, **words: Any) -> str:
    """Where the rows of a figure are."""
    return f"{reverse('cockpit_rows', args=[panel])}?{look.address(**words)}"


def if_any(count: Any, url: str) -> str:
    """Nought leads nowhere."""
    return url if count else ""


def month_cell(month: date) -> Cell:
    return Cell(date_format(month, "YEAR_MONTH_FORMAT"), month)


def count_cell(value: int | Decimal, url: str = "") -> Cell:
    """A count; nought leads nowhere."""
    number = int(value)
    return Cell(f"{number:,}", number, if_any(number, url))


def hours_cell(value: Decimal, url: str = "") -> Cell:
    return Cell(f"{tenth(value):,}", float(value), if_any(value, url))


def share_cell(part: Decimal | int, whole: Decimal | int) -> Cell:
    """A rate; without a denominator it says so instead of a number."""
    found = share(part, whole)
    return Cell("—" if found is None else f"{found}%", None if found is None else float(found))


def share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """Percent to one place, half up; None where there is nothing to be a part of."""
    return tenth(Decimal(part) * 100 / Decimal(whole)) if whole else None


def tenth(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)


def plain(cells: Iterable[Cell]) -> list[Any]:
    """What the spreadsheet gets."""
    return [cell.words if cell.value is None else cell.value for cell in cells]
