"""One approval that passes the case on, in SQL as one would write it by hand: the rows that the service writes.

It asks nothing: neither who may nor what the rules say. That is what the service's time beyond it buys.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from workflows.ledger.canonical import canonical
from workflows.organisation.models import Person, Unit

FLOW = "proposals/flow.ProposalFlow."

LOCK = """
SELECT c.id, c.number, c.title, c.content_digest, c.process_id, s.id, s.place, s.node, t.id, i.role
FROM engine_workitem i JOIN engine_step s ON s.id = i.step_id JOIN engine_case c ON c.id = i.case_id
JOIN viewflow_task t ON t.id = s.task_id JOIN viewflow_process p ON p.id = c.process_id
WHERE i.id = %s AND i.state = 'open' FOR NO KEY UPDATE OF p"""
APPEND = "SELECT seq, digest FROM ledger_append(%s, 'engine.case.approved', now(), %s, %s, NULL, NULL)"
DECIDE = """
INSERT INTO engine_decision (case_id, step_id, item_id, actor_id, role, verb, reason, data, content_digest, decided_at,
                             ledger_seq, ledger_digest)
VALUES (%s, %s, %s, %s, %s, 'approve', %s, '{}', %s, now(), %s, %s) RETURNING id"""
CLOSE_ITEM = (
    "UPDATE engine_workitem SET person_id = %s, state = 'done', claimed_at = now(), closed_at = now() WHERE id = %s"
)
CLOSE_STEP = "UPDATE engine_step SET outcome = 'approved', closed_at = now() WHERE id = %s"
CLOSE_TASK = "UPDATE viewflow_task SET status = 'DONE', owner_id = %s, started = now(), finished = now() WHERE id = %s"
TASK = """
INSERT INTO viewflow_task (flow_task, flow_task_type, status, created, started, finished, token, owner_permission,
                           process_id, data)
VALUES (%s, %s, %s, now(), NULL, CASE WHEN %s = 'DONE' THEN now() END, 'start', %s, %s, '{}') RETURNING id"""
PREVIOUS = "INSERT INTO viewflow_task_previous (from_task_id, to_task_id) VALUES (%s, %s), (%s, %s)"
STEP = """
INSERT INTO engine_step (case_id, task_id, node, place, mode, role, unit_id, outcome, note, opened_at, due_at,
                         remind_at, rings_at, escalate_at, quorum, pass_share, resume_at, chained)
VALUES (%s, %s, %s, %s, 'one', %s, %s, '', '', now(), now() + interval '3 days', now() + interval '2 days',
        now() + interval '2 days', now() + interval '4 days', '', '', '', false)
RETURNING id"""
ITEM = """
INSERT INTO engine_workitem (step_id, case_id, role, unit_id, state, origin, weight, opened_at, due_at)
VALUES (%s, %s, %s, %s, 'open', 'pool', 1, now(), now() + interval '3 days')"""
TELL_HOLDERS = """
INSERT INTO notices_outbox (event, key, recipient_id, channel, subject, context, url, created_at, state, tries,
                            next_try_at, last_error)
SELECT 'engine.task.waiting', %s, h.person_id, c.channel, %s, %s, %s, now(), 'waiting', 0, now(), ''
FROM organisation_roleholding h CROSS JOIN (VALUES ('in_product'), ('mail')) c(channel)
WHERE h.role = %s AND h.unit_id = %s AND h.ends_at IS NULL"""
MOVE = "UPDATE engine_case SET moved_at = now(), standing = %s WHERE id = %s"
TELL_PARTIES = """
INSERT INTO notices_outbox (event, key, recipient_id, channel, subject, context, url, created_at, state, tries,
                            next_try_at, last_error)
SELECT 'engine.case.approve', %s, p.person_id, c.channel, %s, %s, %s, now(), 'waiting', 0, now(), ''
FROM engine_caseparty p CROSS JOIN (VALUES ('in_product'), ('mail')) c(channel)
WHERE p.case_id = %s AND p.person_id <> %s"""
ACCEPT = "UPDATE proposals_proposal SET status = 'accepted', accepted_level = 'workshop' WHERE case_id = %s"
SHARE = "UPDATE engine_case SET shared_under_id = %s WHERE id = %s"


@dataclass(frozen=True)
class Next:
    """Where the approval leads: the machine step on the way, then the people's step, its role and unit."""

    way: str
    way_type: str
    node: str
    role: str
    unit: Unit
    accepted_under: Unit | None = None


def approve(item_id: int, actor: Person, reason: str, to: Next) -> None:
    with transaction.atomic(), connection.cursor() as cursor:

        def one(query: str, *values: Any) -> tuple[Any, ...]:
            cursor.execute(query, values)
            return cursor.fetchone()

        case, number, title, digest, process, step, place, node, task, role = one(LOCK, item_id)
        subject, url = f"case:{case}", f"/cases/{number}/"
        body = canonical(
            {"actor": actor.employee_no, "case": number, "content": digest, "data": {}, "node": node, "place": place,
             "reason": reason, "role": role, "verb": "approve"}
        )  # fmt: skip
        seq, entry = one(APPEND, subject, secrets.token_hex(16), body)
        (decision,) = one(DECIDE, case, step, item_id, actor.pk, role, reason, digest, seq, entry)
        cursor.execute(CLOSE_ITEM, [actor.pk, item_id])
        cursor.execute(CLOSE_STEP, [step])
        cursor.execute(CLOSE_TASK, [actor.pk, task])
        (way,) = one(TASK, FLOW + to.way, to.way_type, "DONE", "DONE", None, process)
        if to.accepted_under:
            cursor.execute(ACCEPT, [case])
            cursor.execute(SHARE, [to.accepted_under.pk, case])
        (task_next,) = one(TASK, FLOW + to.node, "HUMAN", "NEW", "NEW", f"engine.{to.role}_{to.unit.pk}", process)
        cursor.execute(PREVIOUS, [way, task, task_next, way])
        (opened,) = one(STEP, case, task_next, to.node, place + 1, to.role, to.unit.pk)
        cursor.execute(ITEM, [opened, case, to.role, to.unit.pk])
        context = {"number": number, "title": title}
        tell = [f"step:{opened}:waiting", subject, json.dumps(context), url, to.role, to.unit.pk]
        cursor.execute(TELL_HOLDERS, tell)
        cursor.execute(MOVE, ["accepted" if to.accepted_under else "", case])
        told = json.dumps(context | {"reason": reason, "who": actor.name})
        cursor.execute(TELL_PARTIES, [f"decision:{decision}", subject, told, url, case, actor.pk])
