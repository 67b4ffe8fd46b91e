"""One approval that passes the case on, in SQL as one would write it by hand: the rows that the service writes.

It asks nothing: neither who may nor what the rules say. That is what the service's time beyond it buys.
"""

from __future__ import annotations

from django.db import transaction

from benchmarks.beside import Facts, Next, do, one
from workflows.organisation.models import Person

FLOW = "proposals/flow.ProposalFlow."

LOCK = """
SELECT c.id, c.number, c.title, c.content_digest, c.process_id, s.id, s.place, s.node, t.id, i.role
FROM engine_workitem i JOIN engine_step s ON s.id = i.step_id JOIN engine_case c ON c.id = i.case_id
JOIN viewflow_task t ON t.id = s.task_id JOIN viewflow_process p ON p.id = c.process_id
WHERE i.id = %s AND i.state = 'open' FOR NO KEY UPDATE OF p"""
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
MOVE = "UPDATE engine_case SET moved_at = now(), standing = %s WHERE id = %s"
ACCEPT = "UPDATE proposals_proposal SET status = 'accepted', accepted_level = 'workshop' WHERE case_id = %s"
SHARE = "UPDATE engine_case SET shared_under_id = %s WHERE id = %s"


def approve(item_id: int, actor: Person, reason: str, to: Next) -> None:
    with transaction.atomic():
        case, number, title, digest, process, step, place, node, task, role = one(LOCK, item_id)
        facts = Facts(case, number, title, digest, node, place, role)
        decision = facts.decided(actor, reason, step=step, item=item_id)
        do(CLOSE_ITEM, actor.pk, item_id)
        do(CLOSE_STEP, step)
        do(CLOSE_TASK, actor.pk, task)
        (way,) = one(TASK, FLOW + to.way, to.way_type, "DONE", "DONE", None, process)
        if to.accepted_under:
            do(ACCEPT, case)
            do(SHARE, to.accepted_under.pk, case)
        (task_next,) = one(TASK, FLOW + to.node, "HUMAN", "NEW", "NEW", f"engine.{to.role}_{to.unit.pk}", process)
        do(PREVIOUS, way, task, task_next, way)
        (opened,) = one(STEP, case, task_next, to.node, place + 1, to.role, to.unit.pk)
        do(ITEM, opened, case, to.role, to.unit.pk)
        facts.tell_holders(f"step:{opened}:waiting", to.role, to.unit.pk)
        do(MOVE, "accepted" if to.accepted_under else "", case)
        facts.tell_parties(decision, actor, reason)
