"""Acts beside a turn: release a held case, urge 催办, send a copy 抄送, take a decision back 拿回."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from viewflow.workflow.models import Task

from workflows.engine import concluding, deadlines, kinds, recording, reseating, telling
from workflows.engine.errors import BadMove, Late, NoSuchThing, NotYours
from workflows.engine.models import Case, CaseCopy, Decision, Step, WorkItem
from workflows.engine.models.step import Outcome
from workflows.ledger.clock import now
from workflows.organisation.models import Person

URGE_AFTER = timedelta(hours=1)
# Said beside a step or by its clock: nobody has acted on it thereby.
NO_ACT = ("urge", "copy", "remind", "overdue", "escalate")
TAKEN_BACK = ("approve", "reject", "abstain", "return", "done")


@contextmanager
def locked(actor: Person, case_id: int) -> Iterator[Step]:
    """The open step of a case that the actor may see, under the case's lock."""
    row = Case.objects.visible_to(actor).filter(pk=case_id).values_list("kind", "process_id").first()
    if row is None:
        raise NoSuchThing
    if row[1] is None:
        raise NotYours
    with kinds.get(row[0]).flow.lock(row[1]):
        open_step = Step.objects.filter(case_id=case_id, closed_at=None).values_list("pk", flat=True).first()
        if open_step is None:
            last = Decision.objects.filter(case_id=case_id).select_related("actor").latest("pk")
            raise Late(last.verb, last.actor, last.decided_at)
        yield reseating.whole(open_step)


def release_hold(*, actor: Person, case_id: int, reason: str = "", token: UUID | None = None) -> Decision:
    """Let a held case go on: by whoever holds its task or stopped it. Deadlines move by the working time it stood."""
    with locked(actor, case_id) as step:
        case = step.case
        if case.state != Case.State.HELD or case.held_at is None:
            raise BadMove(_("This case is not on hold."))
        if not _holds(actor, step) and not Decision.objects.filter(case=case, verb="hold", actor=actor).exists():
            raise NotYours
        decision = recording.record(case=case, step=step, item=None, actor=actor, verb="resume", reason=reason.strip(),
                                    token=token)  # fmt: skip
        moved = deadlines.resume(step, case.held_at, now())
        step.save(update_fields=moved)
        if "due_at" in moved:
            WorkItem.objects.filter(step=step, closed_at=None).update(due_at=step.due_at)
        case.state, case.held_at, case.held_reason = Case.State.OPEN, None, ""
        case.save(update_fields=["state", "held_at", "held_reason"])
        return decision


def _holds(actor: Person, step: Step) -> bool:
    return WorkItem.objects.filter(step=step, person=actor, closed_at=None).exists()


def next_urge(case: Case) -> Decision | None:
    """The last nudge at the open step, if another is too early."""
    since = now() - URGE_AFTER
    return Decision.objects.filter(case=case, verb="urge", step__closed_at=None, decided_at__gt=since).first()


def urge(*, actor: Person, case_id: int, token: UUID | None = None) -> Decision:
    """Nudge whoever the case waits for: by its authors and by those who have decided in it, once an hour at most."""
    with locked(actor, case_id) as step:
        concerned = step.case.parties.filter(person=actor).exists()  # type: ignore[attr-defined]
        if not concerned and not Decision.objects.filter(case=step.case, actor=actor).exists():
            raise NotYours
        if earlier := next_urge(step.case):
            raise Late("urge", earlier.actor, earlier.decided_at, by_oneself=earlier.actor_id == actor.pk)
        decision = recording.record(case=step.case, step=step, item=None, actor=actor, verb="urge", token=token)
        telling.urged(step.case, step, decision)
        return decision


def copy(*, actor: Person, case_id: int, to: Person, token: UUID | None = None) -> Decision:
    """Let somebody read the case, by one of its parties or by somebody who has had it in hand."""
    with locked(actor, case_id) as step:
        case = step.case
        party = case.parties.filter(person=actor).exists()  # type: ignore[attr-defined]
        if not party and not WorkItem.objects.filter(case=case, person=actor).exists():
            raise NotYours
        if not to.is_active or to.pk == actor.pk:
            raise BadMove(_("Pick somebody else with an account in use."), field="person")
        made, created = CaseCopy.objects.get_or_create(
            case=case, person=to, defaults={"sent_by": actor, "sent_at": now()}
        )
        if not created:
            raise BadMove(_("%(person)s has a copy already.") % {"person": to.name}, field="person")
        decision = recording.record(case=case, step=step, item=None, actor=actor, verb="copy",
                                    data={"to": to.employee_no}, token=token)  # fmt: skip
        telling.copied(case, decision, made)
        return decision


def take_back(*, actor: Person, case_id: int, token: UUID | None = None) -> Decision:
    """Take back one's last decision, as long as nobody has acted on it. The record keeps both."""
    with locked(actor, case_id) as step:
        last = Decision.objects.filter(case=step.case, actor=actor, verb__in=TAKEN_BACK).order_by("-pk").first()
        if last is None or last.step is None or last.item is None:
            raise BadMove(_("You have decided nothing here that could be taken back."))
        newer = Decision.objects.filter(case=step.case, pk__gt=last.pk).exclude(verb__in=NO_ACT)
        if last.step_id == step.pk:
            return _reopen_item(step, last, actor, token)
        if newer.exists() or WorkItem.objects.filter(step=step, state=WorkItem.State.DONE).exists():
            first = newer.select_related("actor").first()
            raise Late(first.verb, first.actor, first.decided_at) if first else Late("done", None, None)
        return _walk_back(step, last, actor, token)


def _reopen_item(step: Step, last: Decision, actor: Person, token: UUID | None) -> Decision:
    """The step is still open: the item is the actor's again, and counts as undecided."""
    assert last.item_id is not None
    item = WorkItem.objects.get(pk=last.item_id)
    if item.followers.exclude(state__in=("parked", "cancelled")).exists():  # type: ignore[attr-defined]
        raise BadMove(_("A signer added after you is deciding already."))
    if Decision.objects.filter(item=item, verb="take_back", pk__gt=last.pk).exists():
        raise BadMove(_("It has been taken back already."))
    item.state, item.closed_at = WorkItem.State.OPEN, None
    item.save(update_fields=["state", "closed_at"])
    return recording.record(case=step.case, step=step, item=item, actor=actor, verb="take_back",
                            data={"of": last.ledger_seq}, token=token)  # fmt: skip


def _walk_back(step: Step, last: Decision, actor: Person, token: UUID | None) -> Decision:
    """The next step is open and untouched: it closes, machine steps between are undone, and one's own opens again."""
    assert last.step_id is not None
    earlier = Step.objects.select_related("task").get(pk=last.step_id)
    between = Task.objects.filter(process=step.case.process, pk__gt=earlier.task_id, pk__lt=step.task_id)
    for task in between.order_by("-pk"):
        undo = getattr(task.flow_task, "_undo_func", None)
        if task.flow_task.task_type == "FUNCTION":
            if undo is None:
                raise BadMove(_("Your decision has taken effect and cannot be taken back."))
            task.process = step.case.process
            undo(task.flow_task.activation_class(task))
    decision = recording.record(case=step.case, step=step, item=None, actor=actor, verb="take_back",
                                data={"of": last.ledger_seq}, token=token)  # fmt: skip
    step.retakes = earlier  # type: ignore[attr-defined]
    concluding.conclude(step, Outcome.TAKEN_BACK, by=None, decision=None)
    return decision
