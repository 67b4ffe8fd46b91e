"""The path of a case as a picture: its stations with what happened there, and where to draw them. No Django views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from workflows.engine import kinds, plant_calendar
from workflows.engine.history import BESIDE, QUIET, History, Visit
from workflows.engine.models import Case, Decision, WorkItem
from workflows.engine.models.step import Mode, Outcome
from workflows.ledger.clock import now

# Geometry of the two pictures: width of the drawing, first and last station.
WIDE = (940, 60, 880)
NARROW = (326, 22, 304)


@dataclass
class Station:
    """One stop. `state`: done, now, next, stopped."""

    node: str
    label: str
    state: str = "next"
    visits: list[Visit] = field(default_factory=list)
    used: int = 0  # working hours, all visits together
    wide: int = 0
    narrow: int = 0

    @property
    def last(self) -> Visit | None:
        return self.visits[-1] if self.visits else None

    @property
    def mode(self) -> str:
        return self.last.step.mode if self.last else ""

    @property
    def count(self) -> str:
        """3/5 where several sign."""
        visit = self.last
        many = visit is not None and visit.step.mode in (Mode.ALL, Mode.VOTE)
        return f"{visit.signed}/{len(visit.signers)}" if many and visit else ""

    @property
    def names(self) -> list[str]:
        """Who decided here last: those whose approval stood from before, then in order of deciding."""
        visit = self.last
        if visit is None:
            return []
        stood = [i.person.name for i in visit.items if i.origin == WorkItem.Origin.CARRIED and i.person]
        told = [d.actor.name for d in visit.decisions if d.actor and d.verb not in QUIET | BESIDE]
        return list(dict.fromkeys(stood + told))


@dataclass(frozen=True)
class Arc:
    """A return from a station to an earlier one."""

    start: Station
    end: Station
    decision: Decision
    times: int

    @property
    def wide(self) -> str:
        a, b = self.start.wide, self.end.wide
        return f"M{a} 76C{a} 26 {b} 26 {b} 74"

    @property
    def narrow(self) -> str:
        a, b = self.start.narrow, self.end.narrow
        return f"M{a} 50C{a} 16 {b} 16 {b} 49"

    @property
    def wide_head(self) -> str:
        return f"m{self.end.wide - 6} 67 6 8 6-8"

    @property
    def narrow_head(self) -> str:
        return f"m{self.end.narrow - 5} 43 5 7 5-7"

    @property
    def wide_label(self) -> int:
        """Middle of the label, kept inside the drawing."""
        return min(max((self.start.wide + self.end.wide) // 2, 76), WIDE[0] - 76)

    @property
    def wide_box(self) -> int:
        return self.wide_label - 72

    @property
    def narrow_label(self) -> int:
        return min(max((self.start.narrow + self.end.narrow) // 2, 34), NARROW[0] - 34)


@dataclass
class Picture:
    stations: list[Station]
    arcs: list[Arc]
    history: History

    @property
    def now(self) -> Station | None:
        return next((s for s in self.stations if s.state == "now"), None)

    @property
    def reached(self) -> Station | None:
        """The line is drawn as done up to here."""
        seen = [s for s in self.stations if s.state != "next"]
        return seen[-1] if seen else None

    @property
    def returns(self) -> int:
        return sum(arc.times for arc in self.arcs)


def of(history: History) -> Picture:
    case = history.case
    kind = kinds.kind_of(case)
    stations = [Station(node, str(label)) for node, label in kind.stations.items()]
    place = {station.node: n for n, station in enumerate(stations)}
    place |= {node: place[station] for node, station in kind.stands_at.items()}
    at = _place_visits(history, stations, place, kind.flow.instance)
    _say_states(case, stations, at)
    shown = [s for n, s in enumerate(stations) if _is_shown(s, n, at, case)]
    _lay_out(shown)
    return Picture(shown, _arcs(history, stations, place, shown, kind.flow.instance), history)


def _place_visits(history: History, stations: list[Station], place: dict[str, int], flow: Any) -> int:
    """Give each visit to its station; returns where the case is now, or was last."""
    calendars, moment, at = plant_calendar.all_in_force(), now(), 0
    for visit in history.visits:
        at = station_of(visit.step.node, at, place, flow)
        if visit.step.outcome == Outcome.PASSED_UP:
            continue
        station = stations[at]
        station.visits.append(visit)
        calendar = plant_calendar.of(visit.step.unit or history.case.unit, calendars)
        station.used += _hours(calendar, visit.step.opened_at, visit.step.closed_at or moment)
    return at


def _hours(calendar: Any, start: datetime, end: datetime) -> int:
    if end <= start:
        return 0
    worked: timedelta = calendar.between(timezone.make_naive(start), timezone.make_naive(end))
    return int(worked.total_seconds() // 3600)


def station_of(name: str, before: int, place: Mapping[str, int], flow: Any) -> int:
    """The station at which a node is shown. Nodes without one of their own stand at a neighbour's.

    The author's mending stands at the beginning, a reviewer's second panel with the first of its role, a pause after a
    rejection where the rejection was; anything else at the next station on the way, or at the last.
    """
    if name in place:
        return place[name]
    node = flow.node(name)
    if getattr(node, "authors", False):
        return 0
    if getattr(node, "_lapsed", None) is not None:
        return before
    if getattr(node, "deciding", False) and node.role:
        alike = (p for n, p in place.items() if _same_seat(flow.node(n), node))
        if (found := next(alike, None)) is not None:
            return found
    return _ahead(node, place)


def _same_seat(one: Any, other: Any) -> bool:
    return (getattr(one, "role", None), getattr(one, "level", None)) == (other.role, other.level)


def _ahead(node: Any, place: Mapping[str, int]) -> int:
    seen, queue = {node.name}, [node]
    while queue:
        for edge in queue.pop(0)._outgoing():
            if edge.dst.name in place:
                return place[edge.dst.name]
            if edge.dst.name not in seen:
                seen.add(edge.dst.name)
                queue.append(edge.dst)
    return max(place.values())


def _say_states(case: Case, stations: list[Station], at: int) -> None:
    stations[0].state = "done"
    closed = case.state == Case.State.CLOSED
    for n, station in enumerate(stations):
        if n == at:
            station.state = ("done" if _ended_well(station) else "stopped") if closed else "now"
        elif n < at and station.visits:
            station.state = "done"


def _ended_well(station: Station) -> bool:
    return station.last is not None and station.last.step.outcome in (Outcome.APPROVED, Outcome.DONE)


def _is_shown(station: Station, n: int, at: int, case: Case) -> bool:
    """A station that the case went past without stopping is left out: it began above it, or ended below it."""
    if station.visits or n == 0 or n == at:
        return True
    return n > at and case.state != Case.State.CLOSED


def _lay_out(shown: list[Station]) -> None:
    for (_width, first, last), name in ((WIDE, "wide"), (NARROW, "narrow")):
        gap = (last - first) / max(len(shown) - 1, 1)
        for n, station in enumerate(shown):
            setattr(station, name, round(first + n * gap))


def _arcs(
    history: History, stations: list[Station], place: dict[str, int], shown: list[Station], flow: Any
) -> list[Arc]:
    """One arc for each pair, with the latest return on it."""
    nodes = {visit.step.pk: visit.step.node for visit in history.visits}
    pairs: dict[tuple[int, int], list[Decision]] = {}
    for decision in reversed(history.decisions):
        if decision.verb != "return" or decision.step_id is None:
            continue
        start = station_of(nodes[decision.step_id], 0, place, flow)
        end = station_of(str(decision.data.get("to")), 0, place, flow)
        if start != end and stations[start] in shown and stations[end] in shown:
            pairs.setdefault((start, end), []).append(decision)
    return [Arc(stations[a], stations[b], made[-1], len(made)) for (a, b), made in pairs.items()]
