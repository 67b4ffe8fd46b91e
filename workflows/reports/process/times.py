"""Time at each step and at each level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from workflows.organisation.models import UnitKind
from workflows.reports.process import milestones, selections, spans
from workflows.reports.process.asked import Asked
from workflows.reports.process.figures import Said
from workflows.reports.process.privacy import Hands, Insight

GROUPS = "GROUPING SETS ((kind, node), (coalesce(level, '')), ())"
LEVELS = (UnitKind.TEAM, UnitKind.SECTION, UnitKind.WORKSHOP, UnitKind.COMPANY, UnitKind.GROUP)
Key = tuple[int, str, str, str]


@dataclass(frozen=True)
class StepTime:
    kind: str
    node: str
    title: str
    said: Said


@dataclass(frozen=True)
class LevelTime:
    level: str  # "" = work by name: authors and implementers
    title: str
    said: Said


@dataclass(frozen=True)
class TimesFigure:
    steps: list[StepTime]
    levels: list[LevelTime]
    whole: Said | None


def of(asked: Asked) -> TimesFigure:
    """Four statements besides those of the question."""
    insight, hands = Insight.of(asked.person), _hands(asked)
    steps, levels, whole = [], [], None
    for key, row in _groups(asked):
        said = Said.of(row, insight.shows(hands.get(key, Hands())))
        grouped, kind, node, level = key
        if grouped == STEP:
            steps.append(StepTime(kind, node, milestones.step_title(kind, node), said))
        elif grouped == LEVEL:
            levels.append(LevelTime(level, level_words(level), said))
        else:
            whole = said if said.count else None
    order = milestones.story_order()
    return TimesFigure(
        sorted(steps, key=lambda s: order.get((s.kind, s.node), len(order))),
        sorted(levels, key=lambda found: LEVELS.index(found.level) if found.level in LEVELS else len(LEVELS)),
        whole,
    )


# What `grouping(kind, node, coalesce(level, ''))` says of a row: a bit for each that it is not grouped by.
STEP, LEVEL = 0b001, 0b110
KEY = (
    "grouping(kind, node, coalesce(level, '')), coalesce(kind, ''), coalesce(node, ''), "
    "coalesce(coalesce(level, ''), '')"
)


def _groups(asked: Asked) -> list[tuple[Key, tuple[Any, ...]]]:
    rows = spans.ask(asked, selections.visits(asked), f"SELECT {KEY}, {spans.SAID} FROM span GROUP BY {GROUPS}")  # noqa: S608
    return [(row[:4], row[4:]) for row in rows]


def _hands(asked: Asked) -> dict[Key, Hands]:
    """Who took the visits of each group."""
    rows = spans.ask(
        asked,
        selections.visits(asked),
        f"SELECT {KEY}, count(DISTINCT person_id), min(person_id), max(person_id) FROM visit "  # noqa: S608
        "JOIN engine_workitem i ON i.step_id = step AND i.state = 'done' AND i.person_id IS NOT NULL "
        f"GROUP BY {GROUPS}",
    )
    return {row[:4]: Hands(*row[4:]) for row in rows}


def level_words(level: str) -> str:
    return str(UnitKind(level).label) if level in UnitKind.values else _("By name: authors and implementers")
