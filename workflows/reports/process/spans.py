"""Statements over visits with the time each took. The one place where working time is reckoned in SQL.

A visit lasts from its opening to its closing, or to now. `lasted` is all of that by the calendar; `worked` is what of
it is working time, without the time for which the case stood on hold. Both in microseconds.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import QuerySet

from workflows.engine.models import Step
from workflows.ledger.clock import now
from workflows.reports.process.asked import Asked

FIELDS = ("pk", "case_id", "case__kind", "node", "role", "unit_id", "unit__kind", "case__unit_id", "opened_at",
          "closed_at", "due_at", "case__held_at")  # fmt: skip
NAMES = "step, case_id, kind, node, role, unit_id, level, case_unit, opened_at, closed_at, due_at, held_at"


def us(moment: str) -> str:
    return f"(extract(epoch FROM {moment}) * 1000000)::bigint"


def worked_until(moment: str) -> str:
    """Working time from the beginning of the table to a moment in microseconds: the table's last stretch before it."""
    place = f"width_bucket({moment}, t.begins)"
    return f"(t.before[{place}] + least({moment}, t.ends[{place}]) - t.begins[{place}])"


# Nothing in it comes from outside. `no` is the calendar that a visit is reckoned by.
WITH_SPANS = f"""
WITH t (no, begins, ends, before) AS MATERIALIZED (VALUES {{tables}}),
own (unit, no) AS (SELECT * FROM unnest(%s::bigint[], %s::int[])),
present (at) AS (SELECT %s::timestamptz),
visit ({NAMES}) AS MATERIALIZED ({{visits}}),
placed AS MATERIALIZED (
    SELECT visit.*, coalesce(own.no, 0) AS no, {us("opened_at")} AS a, {us("coalesce(closed_at, at)")} AS z,
           coalesce(closed_at, held_at, at) > due_at AS late
    FROM visit CROSS JOIN present LEFT JOIN own ON own.unit = coalesce(unit_id, case_unit)),
hold AS (
    SELECT step_id AS step, decided_at AS since, verb,
           lead(decided_at) OVER (PARTITION BY case_id ORDER BY id) AS until
    FROM engine_decision WHERE verb IN ('hold', 'resume') AND case_id IN (SELECT case_id FROM visit)),
held AS (
    SELECT step, no, {us("since")} AS a, {us("coalesce(until, closed_at, at)")} AS b
    FROM hold JOIN placed USING (step) CROSS JOIN present WHERE verb = 'hold'),
pause AS (
    SELECT step, sum({worked_until("held.b")} - {worked_until("held.a")})::bigint AS worked
    FROM held JOIN t USING (no) GROUP BY step),
span AS MATERIALIZED (
    SELECT placed.*, z - a AS lasted, {worked_until("z")} - {worked_until("a")} - coalesce(pause.worked, 0) AS worked
    FROM placed JOIN t USING (no) LEFT JOIN pause USING (step))
"""  # noqa: S608
# What is said of a set of visits: how many, and of working and calendar time the median, nine in ten, the longest.
SAID = ", ".join(
    ["count(*)", "count(*) FILTER (WHERE late)", "count(due_at)"]
    + [
        f"percentile_disc({share}) WITHIN GROUP (ORDER BY {time})"
        for time in ("worked", "lasted")
        for share in (0.5, 0.9, 1)
    ]
)


def ask(asked: Asked, visits: QuerySet[Step], select: str, *params: Any) -> list[tuple[Any, ...]]:
    """Run a SELECT over `span`, which has the columns of NAMES and no, a, z, late, lasted, worked."""
    inner, inner_params = visits.order_by().values_list(*FIELDS).query.sql_with_params()
    tables = asked.tables
    rows: list[Any] = []
    for no, table in enumerate(tables.tables):
        rows += [no, list(table.begins), list(table.ends), list(table.before)]
    values = ", ".join(["(%s::int, %s::bigint[], %s::bigint[], %s::bigint[])"] * len(tables.tables))
    statement = WITH_SPANS.replace("{tables}", values).replace("{visits}", inner) + select
    with connection.cursor() as cursor:
        cursor.execute(statement, [*rows, list(tables.own), list(tables.own.values()), now(), *inner_params, *params])
        return cursor.fetchall()
