"""Who waits for whom: the units whose cases wait, against the roles and units they wait for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from workflows.organisation.models import Role
from workflows.reports.process import selections, spans
from workflows.reports.process.asked import Asked
from workflows.reports.process.figures import HOUR, hours
from workflows.reports.process.places import Place
from workflows.reports.process.privacy import Hands, Insight

# A cell of the matrix, a pair of hands, a column's sum: told apart by what `grouping` says is not grouped by.
GROUPS = "GROUPING SETS ((branch, role), (unit_id, role), (role))"
KEY = "grouping(branch, unit_id), coalesce(branch, 0), coalesce(unit_id, 0), role"
CELL, HAND, SUM = 0b01, 0b10, 0b11
ENDED = "FILTER (WHERE closed_at IS NOT NULL)"
OPEN = "FILTER (WHERE closed_at IS NULL)"
JOIN = "JOIN unnest(%s::bigint[], %s::bigint[]) AS b(unit, branch) ON b.unit = case_unit"
Key = tuple[int, int, int, str]
NOBODY = Hands(), True


@dataclass(frozen=True)
class Wait:
    """Visits ended in the period with the working time they took, and those that wait now. Microseconds."""

    ended: int = 0
    open: int = 0
    late: int = 0
    longest_open: int | None = None
    median: int | None = None
    total: int | None = None
    shown: bool = True

    @property
    def median_hours(self) -> Any:
        return hours(self.median)

    @property
    def total_hours(self) -> Any:
        return hours(self.total)

    @property
    def longest_open_hours(self) -> Any:
        return hours(self.longest_open)

    @property
    def shade(self) -> int:
        """How dark the cell is: by the median, in working days of eight hours; 0 to 4."""
        if self.median is None:
            return 0
        return sum(self.median > limit * HOUR for limit in (0, 8, 24, 80))


@dataclass(frozen=True)
class Hand:
    """Those who are waited for: the holders of a role at a unit, or people by name."""

    role: str
    unit: Place | None
    wait: Wait

    @property
    def title(self) -> str:
        return " · ".join(part for part in (self.unit.name if self.unit else "", role_words(self.role)) if part)


@dataclass(frozen=True)
class Line:
    branch: Place
    cells: list[tuple[str, Wait | None]]


@dataclass(frozen=True)
class WaitingFigure:
    roles: list[str]
    lines: list[Line] = field(default_factory=list)
    sums: list[tuple[str, Wait | None]] = field(default_factory=list)
    hands: list[Hand] = field(default_factory=list)

    @property
    def columns(self) -> list[tuple[str, str]]:
        return [(role, role_words(role)) for role in self.roles]


def of(asked: Asked) -> WaitingFigure:
    """Five statements besides those of the question."""
    units = set(selections.cases(asked).order_by().values_list("unit_id", flat=True).distinct())
    branches = asked.places.branches(units, asked.unit.path if asked.unit else None)
    waits = _waits(asked, branches)
    roles = sorted({key[3] for key in waits}, key=_rank)
    places = sorted({asked.places[branch] for branch in branches.values()}, key=lambda place: place.path)
    return WaitingFigure(
        roles,
        [Line(p, [(role, waits.get((CELL, p.pk, 0, role))) for role in roles]) for p in places],
        [(role, waits.get((SUM, 0, 0, role))) for role in roles],
        _in_hand(asked, waits),
    )


def _waits(asked: Asked, branches: dict[int, int]) -> dict[Key, Wait]:
    insight, pairs = Insight.of(asked.person), [list(branches), list(branches.values())]
    hands = _hands(asked, pairs, insight)
    rows = spans.ask(
        asked,
        selections.both(asked),
        f"SELECT {KEY}, count(*) {ENDED}, count(*) {OPEN}, count(*) FILTER (WHERE closed_at IS NULL AND late), "  # noqa: S608
        f"max(worked) {OPEN}, percentile_disc(0.5) WITHIN GROUP (ORDER BY worked) {ENDED}, "
        f"(sum(worked) {ENDED})::bigint FROM span {JOIN} GROUP BY {GROUPS}",
        *pairs,
    )
    return {row[:4]: _wait(row[4:], *_shown(hands.get(row[:4], NOBODY), insight)) for row in rows}


def _shown(hands: tuple[Hands, bool], insight: Insight) -> tuple[bool, bool]:
    """The times, and the sum. Sums subtract: all leaders' less the others' is one leader's. So a sum is for whoever
    stands above every one of them, however many they are."""
    shown = insight.shows(hands[0])
    return shown, shown and hands[1]


def _wait(row: tuple[Any, ...], shown: bool, summed: bool) -> Wait:
    ended, still, late, longest, median, total = row
    return Wait(ended, still, late, longest, median if shown else None, total if summed else None, shown)


def _hands(asked: Asked, pairs: list[list[int]], insight: Insight) -> dict[Key, tuple[Hands, bool]]:
    """Who took the visits, and whether the reader may know the speed of each."""
    rows = spans.ask(
        asked,
        selections.visits(asked),
        f"SELECT {KEY.replace('role', 'visit.role').replace('unit_id', 'visit.unit_id')}, "  # noqa: S608
        "count(DISTINCT i.person_id), min(i.person_id), max(i.person_id), bool_and(i.person_id = ANY (%s)) "
        f"FROM visit {JOIN} JOIN engine_workitem i ON i.step_id = step "
        "AND i.state = 'done' AND i.person_id IS NOT NULL "
        f"GROUP BY {GROUPS.replace('role', 'visit.role').replace('unit_id', 'visit.unit_id')}",
        sorted(insight.known),
        *pairs,
    )
    return {row[:4]: (Hands(*row[4:7]), row[7]) for row in rows}


def _in_hand(asked: Asked, waits: dict[Key, Wait]) -> list[Hand]:
    """Whoever has something in hand now, most first; then those who had."""
    found = [
        Hand(role, asked.places.all.get(unit), wait)
        for (grouped, _branch, unit, role), wait in waits.items()
        if grouped == HAND
    ]
    return sorted(found, key=lambda h: (-h.wait.open, -h.wait.late, -h.wait.ended, h.title))


def _rank(role: str) -> int:
    return Role.values.index(role) if role in Role.values else len(Role.values)


def role_words(role: str) -> str:
    return str(Role(role).label) if role in Role.values else role or _("By name: authors and implementers")
