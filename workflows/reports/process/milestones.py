"""What a kind of process counts as getting somewhere. A business app may say; else the kind's stations are it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from viewflow.workflow import chart

from workflows.engine import kinds
from workflows.engine.kinds import CaseKind, Text

FILED = "filed"


@dataclass(frozen=True)
class Milestone:
    """Reached by a case that has been at one of the nodes, or that has one of the standings."""

    name: str
    label: Text
    nodes: tuple[str, ...] = ()
    standings: tuple[str, ...] = ()


_registered: dict[str, tuple[Milestone, ...]] = {}


def register(kind: str, milestones: Iterable[Milestone]) -> None:
    """In story order; the first is reached by filing and names neither node nor standing."""
    _registered[kind] = tuple(milestones)


def of(kind: CaseKind) -> tuple[Milestone, ...]:
    return _registered.get(kind.name) or _from_stations(kind)


def _from_stations(kind: CaseKind) -> tuple[Milestone, ...]:
    """The stations that are no human step stand for the beginning; the good ends for the last milestone.

    Whoever was at a node that stands at a station has been there.
    """
    human = [(node, label) for node, label in kind.stations.items() if kind.flow.instance.node(node) in _steps(kind)]
    first = next((label for node, label in kind.stations.items() if (node, label) not in human), kind.label)
    good = tuple(name for name, (_label, state) in kind.standings.items() if name and state == "accepted")
    last = [Milestone("ended", kind.standings[good[-1]][0], (), good)] if good else []
    return (Milestone(FILED, first), *(Milestone(node, label, _at(kind, node)) for node, label in human), *last)


def _at(kind: CaseKind, station: str) -> tuple[str, ...]:
    return (station, *(node for node, stands_at in kind.stands_at.items() if stands_at == station))


def _steps(kind: CaseKind) -> list[object]:
    return [node for node in kind.flow.instance.nodes() if hasattr(node, "deciding")]


def exits(kind: CaseKind) -> list[str]:
    """Standings in which a case has left the way: rejected, withdrawn, and whatever else the kind calls it."""
    good = {standing for milestone in of(kind) for standing in milestone.standings}
    return [name for name in kind.standings if name and name not in good]


def step_title(kind: str, node: str) -> str:
    """What people call the node, or its name where a flow no longer has it."""
    found = kinds.get(kind).flow.instance.node(node)
    return str(found.task_title) if found is not None else node


def story_order() -> dict[tuple[str, str], int]:
    """Where each node stands in the story of its kind."""
    names = [(kind.name, node.name) for kind in kinds.all_kinds() for node in chart.topsort(kind.flow)[0]]
    return {name: place for place, name in enumerate(names)}
