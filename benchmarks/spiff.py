"""The same three approvals in SpiffWorkflow, as its documentation would have them: the process drawn in BPMN, its state
serialised after each step and kept in a row of PostgreSQL. It asks nothing either, beyond the gates' conditions.
"""

from __future__ import annotations

from functools import cache

from django.db import transaction
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from benchmarks.beside import Facts, Next, do, one
from config.proofs import ROOT
from workflows.engine.models import Case
from workflows.organisation.models import Person

LOAD = """
SELECT s.state, c.number, c.title, c.content_digest FROM shipped_kept s JOIN engine_case c ON c.id = s.case_id
WHERE s.case_id = %s FOR NO KEY UPDATE OF s"""
STORE = "UPDATE shipped_kept SET state = %s WHERE case_id = %s"
FILE = "INSERT INTO shipped_kept (case_id, state) VALUES (%s, %s)"

SERIALIZER = BpmnWorkflowSerializer()


@cache
def drawn() -> BpmnParser:
    parser = BpmnParser()
    parser.add_bpmn_file(str(ROOT / "benchmarks" / "review.bpmn"))
    return parser


def file(case: Case, benefit: int, cost: int) -> None:
    process = BpmnWorkflow(drawn().get_spec("review"), {})
    process.get_tasks(state=TaskState.READY)[0].data.update(benefit=benefit, cost=cost)
    process.do_engine_steps()
    do(FILE, case.pk, SERIALIZER.serialize_json(process))


def approve(case: int, place: int, role: str, actor: Person, reason: str, to: Next) -> None:
    with transaction.atomic():
        state, number, title, digest = one(LOAD, case)
        process = SERIALIZER.deserialize_json(state)
        task = process.get_next_task(state=TaskState.READY, manual=True)
        task.data["approved_by"] = actor.employee_no
        task.run()
        process.do_engine_steps()
        do(STORE, SERIALIZER.serialize_json(process), case)
        facts = Facts(case, number, title, digest, task.task_spec.name, place, role)
        decision = facts.decided(actor, reason)
        facts.tell_holders(f"decision:{decision}:waiting", to.role, to.unit.pk)
        facts.tell_parties(decision, actor, reason)
        assert process.get_next_task(state=TaskState.READY, manual=True).task_spec.name == to.node
