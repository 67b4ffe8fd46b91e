"""Open tasks by the million: the rows that filing a proposal leaves, set-based, and told as such.

Each case has its process, task, step, work item, author and proposal; the tasks wait in
the pools of so many teams in turn, a fifth of them late, the others due within the next fortnight.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from benchmarks.beside import do, one
from tests.plant import Plant

TEAMS_OPEN = 300  # as many teams as there are; `fill` may use fewer of them
TEAMS = """
INSERT INTO organisation_unit (code, name, kind, parent_id, path, is_active)
SELECT 'BM-' || g, '班组 ' || g, 'team', %s, 'new:' || g, true FROM generate_series(2, %s) g"""
PATHS = "UPDATE organisation_unit SET path = %s || id || '/' WHERE code LIKE 'BM-%%'"
TABLES = ("proposals_proposal", "engine_workitem", "engine_step", "engine_caseparty", "engine_case", "viewflow_task",
          "viewflow_process")  # fmt: skip
# The team of the g-th task, and the moments of it.
POOL = "(%(teams)s::bigint[])[g %% %(pools)s + 1]"
OPENED = "now() - (g %% 14400) * interval '1 minute'"
DUE = "now() + ((g::bigint * 7919) %% 25200 - 5040) * interval '1 minute'"
PROCESSES = """
INSERT INTO viewflow_process (id, flow_class, status, created, data, parent_task_id)
SELECT g, %(flow)s, 'NEW', {opened}, '{{}}', NULL FROM generate_series(1, %(count)s) g"""
TASKS = """
INSERT INTO viewflow_task (id, flow_task, flow_task_type, status, created, token, process_id, owner_permission, data)
SELECT g, %(flow)s || '.team_review', 'HUMAN', 'NEW', {opened}, 'start', g, 'engine.team_leader_' || {pool}, '{{}}'
FROM generate_series(1, %(count)s) g"""
CASES = """
INSERT INTO engine_case (id, token, number, kind, title, unit_id, author_id, rules_id, process_id, state, standing,
                         content_digest, search, held_reason, filed_at, moved_at, imported, reserved)
SELECT g, gen_random_uuid(), 'BM-' || g, 'proposal', '双层导流之 ' || g, {pool}, %(author)s, %(rules)s, g, 'open',
       '', repeat('0', 64), ('''双层'' ''导流'' ''' || g || '''')::tsvector, '', {opened}, {opened}, false, false
FROM generate_series(1, %(count)s) g"""
PARTIES = """
INSERT INTO engine_caseparty (case_id, person_id, relation, recused)
SELECT g, %(author)s, 'author', true FROM generate_series(1, %(count)s) g"""
STEPS = """
INSERT INTO engine_step (id, case_id, task_id, node, place, mode, role, unit_id, outcome, note, opened_at, due_at,
                         quorum, pass_share, resume_at, chained)
SELECT g, g, g, 'team_review', 1, 'one', 'team_leader', {pool}, '', '', {opened}, {due}, '', '', '', false
FROM generate_series(1, %(count)s) g"""
ITEMS = """
INSERT INTO engine_workitem (step_id, case_id, role, unit_id, state, origin, weight, opened_at, due_at)
SELECT g, g, 'team_leader', {pool}, 'open', 'pool', 1, {opened}, {due} FROM generate_series(1, %(count)s) g"""
OURS = (PROCESSES, TASKS, CASES, PARTIES, STEPS, ITEMS)


def teams(plant: Plant) -> list[int]:
    """The plant's own team first, then as many as there are pools."""
    do(TEAMS, plant.section.pk, TEAMS_OPEN)
    do(PATHS, plant.section.path)
    others = one("SELECT array_agg(id ORDER BY id) FROM organisation_unit WHERE code LIKE 'BM-%%'")[0]
    return [plant.team.pk, *others]


def empty() -> None:
    do(f"TRUNCATE {', '.join(TABLES)} RESTART IDENTITY CASCADE")


def fill(count: int, pools: int, flow: str, facts: dict[str, Any], *, ours: bool) -> None:
    """`count` open tasks of this flow; `ours`: with the engine's rows and the business's beside Viewflow's."""
    empty()
    values = {**facts, "pools": pools, "count": count, "flow": flow}
    do("SET session_replication_role = replica")  # rows that fit by their making need not be asked one by one
    for text in (*OURS, _proposals()) if ours else (PROCESSES, TASKS):
        _run(text.format(pool=POOL, opened=OPENED, due=DUE), values)
    do("SET session_replication_role = DEFAULT")
    do("VACUUM ANALYZE")  # what autovacuum leaves in a plant, to both


def _run(text: str, values: dict[str, Any]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(text, values)


def _proposals() -> str:
    """One proposal copied for each case, all columns but its key and its case."""
    columns = one(
        "SELECT string_agg(format('%%I', column_name), ', ' ORDER BY ordinal_position) FROM information_schema.columns "
        "WHERE table_name = 'proposals_proposal' AND column_name NOT IN ('id', 'case_id')"
    )[0]
    return (
        f"INSERT INTO proposals_proposal (case_id, {columns}) "
        f"SELECT g, {columns} FROM proposal_pattern, generate_series(1, %(count)s) g"
    )


@contextmanager
def without_our_indexes() -> Iterator[None]:
    """Viewflow's tables as its own migrations leave them."""
    ours = import_module("workflows.engine.migrations.0004_live_viewflow_tasks")
    do(ours.DROP)
    try:
        do("ANALYZE viewflow_task")
        yield
    finally:
        do(ours.CREATE)


def keep_pattern(case: int) -> None:
    """The columns of a proposal that was filed the product's way."""
    do("DROP TABLE IF EXISTS proposal_pattern")
    do("CREATE TABLE proposal_pattern AS SELECT * FROM proposals_proposal WHERE case_id = %s", case)
