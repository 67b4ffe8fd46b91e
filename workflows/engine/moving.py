"""Putting a case where it belongs, by an authorised correction: through its nodes, like any other move.

Who may ask for that and who confirms it is the caller's to know; here is only what the machine can do.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from viewflow.workflow.models import Task

from workflows.engine import kinds
from workflows.engine.concluding import conclude, stop
from workflows.engine.errors import BadMove
from workflows.engine.models import Case, Decision, Step
from workflows.engine.models.step import Outcome
from workflows.engine.nodes import HumanStep

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Destination:
    node: str
    title: str
    visited: bool


def destinations(step: Step) -> list[Destination]:
    """The steps that the case could be put at, in the flow's order: tried one by one, and rolled back."""
    flow = step.task.flow_task.flow_class.instance
    been = set(Step.objects.filter(case=step.case).values_list("node", flat=True))
    humans = [n for n in flow.nodes() if isinstance(n, HumanStep) and n.name != step.node]
    found = [Destination(n.name, str(n.task_title), n.name in been) for n in humans]
    return [d for d in found if _fits(step, d.node, visited=d.visited)]


def _fits(step: Step, node: str, *, visited: bool) -> bool:
    try:
        with transaction.atomic():
            _prepare(step, node, visited=visited)
            transaction.set_rollback(True)
    except BadMove:
        return False
    except Exception:  # whatever the business says to it: the case cannot stand there
        log.info("case %s cannot be put at %s", step.case.number, node, exc_info=True)
        return False
    finally:
        step.case.refresh_from_db(fields=["standing"])
        _forget_business(step.case)
    return True


def _forget_business(case: Case) -> None:
    """What a trial changed on the row at hand was rolled back in the database only."""
    for field in Case._meta.related_objects:
        if field.one_to_one:
            case._state.fields_cache.pop(field.get_accessor_name() or "", None)


def move(step: Step, node: str, *, decision: Decision) -> None:
    """Under the case's lock: undo what the machine did since, close the open step and open the other."""
    visited = Step.objects.filter(case=step.case, node=node).exclude(pk=step.pk).exists()
    _prepare(step, node, visited=visited)
    _let_go(step.case)
    step.target = (node, "walk")  # type: ignore[attr-defined]
    conclude(step, Outcome.CORRECTED, by=None, decision=decision)


def close(step: Step, *, decision: Decision) -> None:
    """Under the case's lock: end the case here. What was accepted stays accepted; the rest counts as withdrawn."""
    case, kind = step.case, kinds.kind_of(step.case)
    _let_go(case)
    undecided = kind.may_withdraw(case)
    stop(case, step, Outcome.CORRECTED, "withdrawn" if undecided else case.standing)
    if undecided:
        kind.withdrawn(case)


def _let_go(case: Case) -> None:
    """A case on hold moves on: whoever held it may be the very person who is gone."""
    if case.state == Case.State.HELD:
        case.state, case.held_at, case.held_reason = Case.State.OPEN, None, ""
        case.save(update_fields=["state", "held_at", "held_reason"])


def _prepare(step: Step, node: str, *, visited: bool) -> None:
    """Take back the machine steps since the case was there, and ask its kind whether it may stand there now."""
    undone = _undo_since(step, node) if visited else 0
    may = kinds.kind_of(step.case).may_move(step.case, node)
    if may is False or (may is None and not visited) or (not visited and undone):
        raise BadMove(_("The case cannot stand at that step."), field="to")


def _undo_since(step: Step, node: str) -> int:
    earlier = Step.objects.filter(case=step.case, node=node).order_by("-place").values_list("task_id", flat=True)[0]
    between = Task.objects.filter(process=step.case.process, pk__gt=earlier, pk__lt=step.task_id)
    acts = [t for t in between.order_by("-pk") if t.flow_task.task_type == "FUNCTION"]
    for task in acts:
        undo: Any = getattr(task.flow_task, "_undo_func", None)
        if undo is None:
            raise BadMove(_("What has taken effect since then cannot be undone by moving the case."), field="to")
        task.process = step.case.process
        undo(task.flow_task.activation_class(task))
    return len(acts)
