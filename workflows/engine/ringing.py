"""What a step's clock does when it rings: reminder, then late, then escalation; each once in a visit.

Called under the case's lock. What is done is marked on the step, so that a second beat finds nothing left to do.
"""

from __future__ import annotations

from typing import Any

from workflows.engine import deadlines, overseeing, recording, telling
from workflows.engine.concluding import conclude, settle, verdict_of
from workflows.engine.models import Decision, Step
from workflows.engine.models.step import Mode, Outcome
from workflows.engine.seating import Seats
from workflows.ledger.clock import now
from workflows.store.gathering import change

MARKS = ["reminded_at", "late_at", "escalated_at", "rings_at"]


def ring(step: Step) -> None:
    moment = now()
    if step.due_at is not None and step.due_at <= moment and step.late_at is None and _ends(step):
        return
    if step.late_at is None and step.due_at is not None and step.due_at <= moment:
        _run_late(step)
    elif step.late_at is None:
        _remind(step)
    if step.late_at and step.escalate_at and step.escalated_at is None and step.escalate_at <= moment:
        _escalate(step)
    step.rings_at = deadlines.next_ring(step)
    change(step, *MARKS)


def _ends(step: Step) -> bool:
    """A step may end at its deadline: it lapses, or the votes that are in decide it."""
    if step.task.flow_task._lapsed is not None:
        conclude(step, Outcome.LAPSED, by=None, decision=_record(step, "lapse"))
        return True
    if step.mode == Mode.VOTE and (verdict := verdict_of(step)):
        decision = _record(step, "conclude", {"verdict": verdict, "why": "deadline"})
        settle(step, verdict, by=None, decision=decision)
        return True
    return False


def _remind(step: Step) -> None:
    """Whoever holds the work hears once that its time is running out."""
    step.reminded_at = now()
    _record(step, "remind")
    telling.reminded(step.case, step)


def _run_late(step: Step) -> None:
    """The person above is told; if it escalates in the same breath, that says it all."""
    step.late_at = now()
    above = overseeing.of(step)
    _record(step, "overdue", _to(above))
    if step.escalate_at is None or step.escalate_at > step.late_at:
        telling.ran_late(step.case, step, above.people)


def _escalate(step: Step) -> None:
    """From now on the person above may decide, too; work that is somebody's by name stays theirs."""
    step.escalated_at = now()
    above = overseeing.of(step)
    may_act = step.task.flow_task.escalates
    decision = _record(step, "escalate", _to(above) | {"may_act": may_act and bool(above.people)})
    if may_act:
        overseeing.seat(step, above)
    telling.escalated(step.case, step, above.people, decision)


def _to(above: Seats) -> dict[str, Any]:
    """Whom it went to and where they were found; nobody is on record, too."""
    return {"people": [p.employee_no for p in above.people], "unit": above.unit.code if above.unit else ""}


def _record(step: Step, verb: str, data: dict[str, Any] | None = None) -> Decision:
    return recording.record(
        case=step.case, step=step, item=None, actor=None, verb=verb, role=step.role, data=data or {}
    )
