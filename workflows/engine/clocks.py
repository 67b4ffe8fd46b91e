"""What time alone brings about: lapses, votes at their deadline, items whose holder is gone. Driven by beat."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from django.db.models import Q, QuerySet

from workflows.engine import failures, kinds, recording, reseating
from workflows.engine.concluding import conclude, settle, verdict_of
from workflows.engine.models import Case, Step
from workflows.engine.models.step import Mode, Outcome
from workflows.ledger.clock import now

log = logging.getLogger(__name__)


def turn() -> int:
    """Do what has fallen due. Safe to run twice and beside people: each case is locked and looked at again."""
    began = now()
    moved = _each(_fallen_due, list(_due().values_list("pk", flat=True)))
    _each(reseating.vacate, reseating.vacated(), "item")
    _each(reseating.man, reseating.unmanned())
    failures.settle("clocks.", before=began)
    failures.settle_moved()
    return moved


def _each(act: Callable[[int], int | None], ids: Iterable[int], what: str = "step") -> int:
    """One case that cannot be moved now keeps no other waiting; it is tried again at the next turn, and kept for the
    operator until it works."""
    moved = 0
    for one in ids:
        try:
            moved += act(one) or 0
        except Exception as error:
            log.exception("%s failed for %s", act.__name__, one)
            failures.note(f"clocks.{act.__name__.strip('_')}", f"{what}:{one}", error)
    return moved


def _due() -> QuerySet[Step]:
    """Steps whose deadline does something: lapsing ones and votes. A late step of any other kind is only late."""
    lapsing = [
        node.name
        for kind in kinds.all_kinds()
        for node in kind.flow.instance.nodes()
        if getattr(node, "_lapsed", None) is not None
    ]
    overdue = Step.objects.filter(closed_at=None, due_at__lte=now()).exclude(case__state=Case.State.HELD)
    return overdue.filter(Q(mode=Mode.VOTE) | Q(node__in=lapsing)).order_by("due_at")


def _fallen_due(step_id: int) -> int:
    kind, process_id = Step.objects.values_list("case__kind", "case__process_id").get(pk=step_id)
    with kinds.get(kind).flow.lock(process_id):
        step = Step.objects.select_related(
            "task", "case__process", "case__rules", "case__unit", "case__author", "returned_by"
        ).get(pk=step_id)
        if step.closed_at or step.due_at is None or step.due_at > now():
            return 0
        process = step.case.process
        assert process is not None
        step.task.process, process.case = process, step.case  # type: ignore[attr-defined]
        return _end(step)


def _end(step: Step) -> int:
    if step.task.flow_task._lapsed is not None:
        decision = recording.record(case=step.case, step=step, item=None, actor=None, verb="lapse")
        conclude(step, Outcome.LAPSED, by=None, decision=decision)
        return 1
    if step.mode == Mode.VOTE and (verdict := verdict_of(step, closing=True)):
        decision = recording.record(
            case=step.case,
            step=step,
            item=None,
            actor=None,
            verb="conclude",
            data={"verdict": verdict, "why": "deadline"},
        )
        settle(step, verdict, by=None, decision=decision)
        return 1
    return 0
