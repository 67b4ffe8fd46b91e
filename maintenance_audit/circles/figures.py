"""Circles counted: by section and by year of registration, over those that the reader may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import ExtractYear

from maintenance_audit.circles import tally
from maintenance_audit.circles.models import Circle
from workflows.organisation.models import Person, Unit, UnitKind

UNDER_WAY = Q(case__standing="")
ACCEPTED = Q(case__standing="accepted")
WHAT = {
    "registered": Q(),
    "under_way": UNDER_WAY,
    "accepted": ACCEPTED,
    "over": ~UNDER_WAY & ~ACCEPTED,
}


@dataclass
class Line:
    """Of a section or a year. `mark_sum` and `mark_count` are of the accepted ones."""

    key: int
    name: str
    registered: int = 0
    under_way: int = 0
    accepted: int = 0
    over: int = 0
    members: int = 0
    mark_sum: int = 0
    mark_count: int = 0

    @property
    def mean(self) -> str:
        return tally.shown(tally.mean(self.mark_sum, self.mark_count))

    def add(self, row: Mapping[str, Any]) -> None:
        for name in ("registered", "under_way", "accepted", "over", "members", "mark_sum", "mark_count"):
            setattr(self, name, getattr(self, name) + (row[name] or 0))


@dataclass
class Figure:
    """Sections of the year asked for, most registered first; all years, newest first."""

    year: int | None
    units: list[Line] = field(default_factory=list)
    years: list[Line] = field(default_factory=list)


def counted(person: Person) -> QuerySet[Any]:
    return Circle.objects.visible_to(person).annotate(year=ExtractYear("case__filed_at"))


def of(person: Person, asked: str = "") -> Figure:
    """Three statements. `asked`: a year, if there is one of it; else all of them."""
    units = {unit.pk: unit for unit in Unit.objects.all()}
    rows = list(_rows(counted(person)))
    teams = dict(_members(counted(person)))
    for row in rows:
        row["members"] = teams.get((row["unit"], row["year"]), 0) + row["registered"]
        row["section"] = section_of(units, row["unit"])
    year = next((row["year"] for row in rows if str(row["year"]) == asked), None)
    shown = [row for row in rows if year in (None, row["year"])]
    by_unit = _lines(shown, "section", lambda pk: units[pk].name)
    by_year = _lines(rows, "year", str)
    return Figure(
        year,
        sorted(by_unit, key=lambda line: (-line.registered, units[line.key].path)),
        sorted(by_year, key=lambda line: -line.key),
    )


def _rows(found: QuerySet[Any]) -> Iterable[dict[str, Any]]:
    grouped = found.order_by().values("year", unit=F("case__unit"))
    return grouped.annotate(
        **{name: Count("pk", filter=condition) if condition else Count("pk") for name, condition in WHAT.items()},
        mark_sum=Sum("mark_sum"),
        mark_count=Sum("mark_count"),
    )


def _members(found: QuerySet[Any]) -> Iterable[tuple[tuple[int, int], int]]:
    grouped = found.order_by().values_list("case__unit", "year").annotate(n=Count("members"))
    return (((unit, year), n) for unit, year, n in grouped)


def _lines(rows: Iterable[Mapping[str, Any]], key: str, name: Any) -> list[Line]:
    lines: dict[int, Line] = {}
    for row in rows:
        lines.setdefault(row[key], Line(row[key], name(row[key]))).add(row)
    return list(lines.values())


def section_of(units: Mapping[int, Unit], pk: int) -> int:
    """The section at or above the unit, or the unit itself where there is none."""
    above = reversed(units[pk].ancestor_ids)
    return next((a for a in above if a in units and units[a].kind == UnitKind.SECTION), pk)


def behind(person: Person, what: str, unit: str = "", year: str = "") -> QuerySet[Any]:
    """Exactly the circles that a figure counts."""
    found = counted(person).filter(WHAT.get(what, Q()))
    if year.isascii() and year.isdigit() and "1000" <= year <= "9999" and len(year) == 4:
        found = found.filter(year=int(year))
    if unit.isascii() and unit.isdigit() and len(unit) < 19:
        units = {one.pk: one for one in Unit.objects.all()}
        found = found.filter(case__unit__in=[pk for pk in units if section_of(units, pk) == int(unit)])
    return found.select_related("case__unit", "leader").order_by("-case__filed_at", "-pk")
