"""A case that stands although nobody has to do anything: the machine takes up its last step again.

It should not happen, since a move is one transaction; a restored database, a stock Viewflow node that keeps its error
or a flow that was changed under a running case can still bring it about. Safe to press twice: each look is repeated
under the case's lock.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from workflows.engine import failures, kinds, recording, reseating
from workflows.engine.errors import NoSuchThing, Refusal
from workflows.engine.models import Case, Decision, Step
from workflows.organisation.models import Person


def failed_tasks() -> QuerySet[Task]:
    """Machine steps that ended in an error, of cases that are not closed."""
    return Task.objects.filter(status=STATUS.ERROR, process__case__in=_under_way()).order_by("pk")


def standing_still() -> QuerySet[Case]:
    """Cases under way without an open step."""
    return _under_way().filter(~Exists(Step.objects.filter(case=OuterRef("pk"), closed_at=None))).order_by("pk")


def _under_way() -> QuerySet[Case]:
    return Case.objects.exclude(state=Case.State.CLOSED).filter(process__isnull=False)


def restart(*, actor: Person, case_id: int) -> Decision:
    """Run the failed machine step again, walk on from the last finished one, or find people for the open step.

    Raises Late when there is nothing to mend any more; what fails again is kept as a failure and raised.
    """
    row = Case.objects.filter(pk=case_id, process__isnull=False).values_list("kind", "process_id").first()
    if row is None:
        raise NoSuchThing
    try:
        with kinds.get(row[0]).flow.lock(row[1]):
            return _restart(actor, case_id)
    except Refusal:
        raise
    except Exception as error:
        failures.note("restart", f"case:{case_id}", error)
        raise


def _restart(actor: Person, case_id: int) -> Decision:
    case = Case.objects.select_related("process", "rules", "unit", "author").get(pk=case_id)
    task = failed_tasks().filter(process=case.process_id).first()
    open_step = Step.objects.filter(case=case, closed_at=None).values_list("pk", flat=True).first()
    unmanned = open_step is not None and reseating.unmanned().filter(pk=open_step).exists()
    if task is None and (case.state == Case.State.CLOSED or (open_step is not None and not unmanned)):
        raise recording.late(case_id, actor)
    step = reseating.whole(open_step) if open_step else None
    decision = recording.record(case=case, step=step, item=None, actor=actor, verb="restart")
    if step is not None and task is None:
        reseating.man(step.pk)
    else:
        _walk_on(case, task)
    return decision


def _walk_on(case: Case, task: Task | None) -> None:
    last = task or Task.objects.filter(process=case.process_id, status=STATUS.DONE).latest("pk")
    process = case.process
    assert process is not None
    last.process, process.case = process, case  # type: ignore[attr-defined]
    activation = last.flow_task.activation_class(last)
    if task is None:
        activation.activate_next()
    else:
        task.data.pop("_exception", None)
        task.finished = None
        activation._set_status(STATUS.NEW)
        activation._activate_next({activation})
    case.save(update_fields=["moved_at", "standing", "state", "closed_at"])
