"""Throughput by month: what was filed, what got where, what ended how, and how much of the work was late."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, F, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone

from workflows.ledger.clock import now
from workflows.reports.process import milestones, selections
from workflows.reports.process.asked import Asked
from workflows.reports.process.figures import share
from workflows.reports.process.milestones import FILED, Milestone

MONTH = "date_trunc('month', {} AT TIME ZONE %s)::date"
COUNTED = f"""
WITH c (id, filed_at, closed_at, standing) AS MATERIALIZED ({{cases}}),
node (name, milestone) AS (SELECT * FROM unnest(%s::text[], %s::int[])),
stand (name, milestone) AS (SELECT * FROM unnest(%s::text[], %s::int[])),
happened (what, of_what, at) AS (
    SELECT 'reached', '0', filed_at FROM c
    UNION ALL SELECT 'reached', milestone::text, min(s.opened_at) FROM c JOIN engine_step s ON s.case_id = c.id
        JOIN node ON node.name = s.node WHERE s.outcome <> ALL (%s) GROUP BY c.id, milestone
    UNION ALL SELECT 'reached', milestone::text, closed_at FROM c JOIN stand ON stand.name = standing
        WHERE closed_at IS NOT NULL
    UNION ALL SELECT 'closed', standing, closed_at FROM c WHERE closed_at IS NOT NULL)
SELECT what, of_what, {MONTH.format("at")}, count(*) FROM happened GROUP BY 1, 2, 3
"""  # noqa: S608


@dataclass(frozen=True)
class Month:
    first: date
    reached: list[tuple[Milestone, int]]
    exits: list[tuple[str, int]]
    closed: int = 0
    open_at_end: int = 0
    late: int = 0
    due: int = 0

    @property
    def filed(self) -> int:
        return self.reached[0][1]

    @property
    def late_share(self) -> Decimal | None:
        return share(self.late, self.due)


@dataclass(frozen=True)
class MonthsFigure:
    months: list[Month] = field(default_factory=list)
    milestones: tuple[Milestone, ...] = ()
    exits: list[str] = field(default_factory=list)


def of(asked: Asked) -> MonthsFigure:
    """Two statements besides those of the question."""
    asked = asked.of_one_kind()
    told, ways_out = _told(asked), milestones.exits(asked.described)
    counts, late = _counts(asked, told), _late(asked)
    found, still = [], 0
    for first in _span(asked, counts):
        filed = counts["reached", "0", first]
        closed = sum(n for (what, _of, month), n in counts.items() if what == "closed" and month == first)
        still += filed - closed
        if not asked.start.date() <= _last_day(first) or (asked.until and first > asked.until):
            continue
        reached = [(m, counts["reached", str(n), first]) for n, m in enumerate(told)]
        exits = [(standing, counts["closed", standing, first]) for standing in ways_out]
        found.append(Month(first, reached, exits, closed, still, *late.get(first, (0, 0))))
    return MonthsFigure(found, told, ways_out)


def _told(asked: Asked) -> tuple[Milestone, ...]:
    """A milestone that is met at a node is met when the node is reached; only one without nodes needs the end."""
    return tuple(m for m in milestones.of(asked.described) if m.name == FILED or m.nodes or m.standings)


def _counts(asked: Asked, told: tuple[Milestone, ...]) -> dict[tuple[str, str, date], int]:
    cases = selections.cases(asked).order_by().values_list("pk", "filed_at", "closed_at", "standing")
    inner, params = cases.query.sql_with_params()
    nodes = [(node, n) for n, m in enumerate(told) for node in m.nodes]
    stands = [(standing, n) for n, m in enumerate(told) if not m.nodes for standing in m.standings]
    lists: list[list[Any]] = [[a for a, _b in nodes], [b for _a, b in nodes], [a for a, _b in stands]]
    lists += [[b for _a, b in stands], [str(o) for o in selections.NOT_BEEN]]
    counts: dict[tuple[str, str, date], int] = defaultdict(int)
    with connection.cursor() as cursor:
        cursor.execute(COUNTED.replace("{cases}", inner), [*params, *lists, settings.TIME_ZONE])
        for what, of_what, month, count in cursor.fetchall():
            counts[what, of_what, month] = count
    return counts


def _late(asked: Asked) -> dict[date, tuple[int, int]]:
    """Of the visits ended in each month: late ones, and those with a deadline."""
    rows = selections.visits(asked).order_by().annotate(month=TruncMonth("closed_at")).values("month")
    rows = rows.annotate(due=Count("due_at"), late=Count("pk", filter=Q(closed_at__gt=F("due_at"))))
    return {timezone.localdate(r["month"]): (r["late"], r["due"]) for r in rows}


def _span(asked: Asked, counts: dict[tuple[str, str, date], int]) -> list[date]:
    """Every month from the first happening to now, quiet ones too."""
    first = min((month for _what, _of, month in counts), default=None)
    if first is None:
        return []
    last = timezone.localdate(now()).replace(day=1)
    found = [first]
    while found[-1] < last:
        found.append(following(found[-1]))
    return found


def following(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _last_day(first: date) -> date:
    return date.fromordinal(following(first).toordinal() - 1)
