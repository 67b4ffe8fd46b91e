"""Statements over visits with the time each took. The one place where working time is reckoned in SQL.

A visit lasts from its opening to its closing, or to now. `lasted` is all of that by the calendar; `worked` is what of
it is working time, without the time for which the case stood on hold. Both in microseconds.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Min, QuerySet

from workflows.engine import plant_calendar
from workflows.engine.models import Case, Step
from workflows.engine.working_hours import PlantCalendar
from workflows.ledger.clock import now
from workflows.reports.process.worktime import MICROSECOND, WorkTable

FIELDS = ("pk", "case_id", "case__kind", "node", "role", "unit_id", "unit__kind", "case__unit_id", "opened_at",
          "closed_at", "due_at", "case__held_at")  # fmt: skip
NAMES = "step, case_id, kind, node, role, unit_id, level, case_unit, opened_at, closed_at, due_at, held_at"


def us(moment: str) -> str:
    return f"(extract(epoch FROM {moment}) * 1000000)::bigint"


def worked_until(moment: str) -> str:
    """Working time from the beginning of the table to a moment in microseconds: the table's last stretch before it."""
    place = f"width_bucket({moment}, t.begins)"
    return f"(t.before[{place}] + least({moment}, t.ends[{place}]) - t.begins[{place}])"


WITH_SPANS = f"""
WITH t AS MATERIALIZED (SELECT %s::bigint[] AS begins, %s::bigint[] AS ends, %s::bigint[] AS before, %s::timestamptz AS at),
visit ({NAMES}) AS MATERIALIZED ({{visits}}),
hold AS (
    SELECT step_id AS step, decided_at AS since, verb,
           lead(decided_at) OVER (PARTITION BY case_id ORDER BY id) AS until
    FROM engine_decision WHERE verb IN ('hold', 'resume') AND case_id IN (SELECT case_id FROM visit)),
held AS (
    SELECT step, {us("since")} AS a, {us("coalesce(until, closed_at, at)")} AS b
    FROM hold JOIN visit USING (step) CROSS JOIN t WHERE verb = 'hold'),
pause AS (
    SELECT step, sum({worked_until("b")} - {worked_until("a")})::bigint AS worked
    FROM held CROSS JOIN t GROUP BY step),
span AS MATERIALIZED (
    SELECT m.*, m.z - m.a AS lasted,
           {worked_until("m.z")} - {worked_until("m.a")} - coalesce(pause.worked, 0) AS worked
    FROM (SELECT visit.*, {us("opened_at")} AS a, {us("coalesce(closed_at, at)")} AS z,
                 coalesce(closed_at, held_at, at) > due_at AS late
          FROM visit CROSS JOIN t) m
    CROSS JOIN t LEFT JOIN pause USING (step))
"""  # noqa: E501, S608 (nothing in it comes from outside)
__all__ = ["MICROSECOND", "SAID", "ask", "us", "work_table", "worked_until"]
# What is said of a set of visits: how many, and of working and calendar time the median, nine in ten, the longest.
SAID = ", ".join(
    ["count(*)", "count(*) FILTER (WHERE late)", "count(due_at)"]
    + [
        f"percentile_disc({share}) WITHIN GROUP (ORDER BY {time})"
        for time in ("worked", "lasted")
        for share in (0.5, 0.9, 1)
    ]
)


def ask(visits: QuerySet[Step], select: str, *params: Any) -> list[tuple[Any, ...]]:
    """Run a SELECT over `span`, which has the columns of NAMES and a, z, late, lasted, worked."""
    inner, inner_params = visits.order_by().values_list(*FIELDS).query.sql_with_params()
    table = work_table()
    columns = [list(column) for column in (table.begins, table.ends, table.before)]
    with connection.cursor() as cursor:
        statement = WITH_SPANS.replace("{visits}", inner) + select
        cursor.execute(statement, [*columns, now(), *inner_params, *params])
        return cursor.fetchall()


def work_table() -> WorkTable:
    """From the first filing to tomorrow. One statement; the table itself is kept until the day or the plan changes."""
    first = Case.objects.filter(imported=False).aggregate(first=Min("filed_at"))["first"] or now()
    calendar = plant_calendar.load()
    return _table(_Kept(calendar), first, now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2))


class _Kept:
    """A calendar as a key: equal when it says the same."""

    def __init__(self, calendar: PlantCalendar) -> None:
        self.calendar = calendar

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept) and self.calendar == other.calendar

    def __hash__(self) -> int:
        return hash(self.calendar.periods)


@lru_cache(maxsize=8)
def _table(kept: _Kept, first: datetime, last: datetime) -> WorkTable:
    return WorkTable.of(kept.calendar, ZoneInfo(settings.TIME_ZONE), first, last)
