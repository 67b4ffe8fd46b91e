"""The funnel: how far the cases filed in a period have got, and where the others are or ended."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection

from workflows.reports.process import milestones, selections
from workflows.reports.process.asked import Asked
from workflows.reports.process.figures import share
from workflows.reports.process.milestones import Milestone

HERE, DONE = "here", "done"

# Each case with every milestone it has reached, and the place of the visit that reached it; filing is reached by all,
# a standing after any visit.
REACHED = """
WITH c (id, state, standing) AS MATERIALIZED ({cases}),
node (name, milestone) AS (SELECT * FROM unnest(%s::text[], %s::int[])),
stand (name, milestone) AS (SELECT * FROM unnest(%s::text[], %s::int[])),
reached (id, milestone, place) AS (
    SELECT id, 0, 0 FROM c
    UNION ALL SELECT c.id, node.milestone, s.place FROM c JOIN engine_step s ON s.case_id = c.id
        JOIN node ON node.name = s.node WHERE s.outcome <> ALL (%s)
    UNION ALL SELECT c.id, stand.milestone, 1000000 FROM c JOIN stand ON stand.name = c.standing)
"""
COUNTED = "SELECT milestone, '', '', count(DISTINCT id) FROM reached GROUP BY milestone"
# Where each case is: at the milestone of its latest visit, under way or ended.
PLACED = """
SELECT l.milestone, c.state, c.standing, count(*) FROM c JOIN (
    SELECT DISTINCT ON (id) id, milestone FROM reached ORDER BY id, place DESC, milestone DESC) l USING (id)
GROUP BY l.milestone, c.state, c.standing
"""


@dataclass(frozen=True)
class Stage:
    """`reached`: cases that have been here. Those that got no further: still here, done here, or left by an exit."""

    milestone: Milestone
    reached: int
    of_filed: Decimal | None
    here: int = 0
    done: int = 0
    exits: dict[str, int] = field(default_factory=dict)

    @property
    def stopped(self) -> int:
        return self.here + self.done + sum(self.exits.values())


@dataclass(frozen=True)
class FunnelFigure:
    stages: list[Stage]
    exits: list[str]

    @property
    def filed(self) -> int:
        return self.stages[0].reached


def of(asked: Asked) -> FunnelFigure:
    """Two statements besides those of the question."""
    asked = asked.of_one_kind()
    told, ways_out = milestones.of(asked.described), milestones.exits(asked.described)
    reached = {row[0]: row[3] for row in _ask(asked, told, COUNTED)}
    stopped: dict[int, Counter[str]] = {}
    for milestone, state, standing, count in _ask(asked, told, PLACED):
        stopped.setdefault(milestone, Counter())[ended_as(state, standing, ways_out)] += count
    filed = reached.get(0, 0)
    return FunnelFigure(
        [_stage(m, reached.get(n, 0), filed, stopped.get(n, Counter()), ways_out) for n, m in enumerate(told)],
        ways_out,
    )


def ended_as(state: str, standing: str, ways_out: list[str]) -> str:
    """An exit counts from the moment the case has its standing, though an appeal may still bring it back."""
    return standing if standing in ways_out else DONE if state == "closed" else HERE


def _stage(milestone: Milestone, reached: int, filed: int, stopped: Counter[str], ways_out: list[str]) -> Stage:
    exits = {standing: stopped[standing] for standing in ways_out}
    return Stage(milestone, reached, share(reached, filed), stopped[HERE], stopped[DONE], exits)


def _ask(asked: Asked, told: tuple[Milestone, ...], select: str, *params: Any) -> list[tuple[Any, ...]]:
    """Run a SELECT over `c` and `reached`."""
    cases = selections.filed(asked).order_by().values_list("pk", "state", "standing")
    inner, inner_params = cases.query.sql_with_params()
    nodes = [(node, n) for n, m in enumerate(told) for node in m.nodes]
    stands = [(standing, n) for n, m in enumerate(told) for standing in m.standings]
    lists: list[list[Any]] = [[a for a, _b in nodes], [b for _a, b in nodes]]
    lists += [[a for a, _b in stands], [b for _a, b in stands], [str(o) for o in selections.NOT_BEEN]]
    with connection.cursor() as cursor:
        cursor.execute(REACHED.replace("{cases}", inner) + select, [*inner_params, *lists, *params])
        return cursor.fetchall()


def case_ids(asked: Asked, milestone: str, ended: str = "") -> list[int]:
    """The cases behind a figure: all that reached the milestone, or those that stopped there in this way."""
    asked = asked.of_one_kind()
    told, ways_out = milestones.of(asked.described), milestones.exits(asked.described)
    place = next((n for n, m in enumerate(told) if m.name == milestone), -1)
    if not ended:
        return [row[0] for row in _ask(asked, told, "SELECT DISTINCT id FROM reached WHERE milestone = %s", place)]
    rows = _ask(
        asked, told,
        "SELECT id, l.milestone, c.state, c.standing FROM c JOIN (SELECT DISTINCT ON (id) id, milestone FROM reached "
        "ORDER BY id, place DESC, milestone DESC) l USING (id)",
    )  # fmt: skip
    return [pk for pk, at, state, standing in rows if at == place and ended_as(state, standing, ways_out) == ended]
