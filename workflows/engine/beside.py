"""Acts beside a turn: release a held case, urge 催办, send a copy 抄送, take a decision back 拿回."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from viewflow.workflow.models import Task

from workflows.engine import concluding, deadlines, kinds, outside, recording, reseating, seating, telling, withholding
from workflows.engine.errors import BadMove, Late, NoSuchThing, NotYours, StandsStill
from workflows.engine.models import Case, CaseCopy, Decision, Step, WorkItem
from workflows.engine.models.step import Mode, Outcome
from workflows.ledger.clock import now
from workflows.organisation.absences import stands_in_for
from workflows.organisation.models import Person, RoleHolding

URGE_AFTER = timedelta(hours=1)
# Said beside a step or by its clock: nobody has acted on it thereby.
NO_ACT = ("urge", "copy", "remind", "overdue", "escalate", "recount", "pass_up", "ask_correction",
          "drop_correction", "restart")  # fmt: skip
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
            raise recording.late(case_id, actor)
        yield reseating.whole(open_step)


def release_hold(*, actor: Person, case_id: int, reason: str = "", token: UUID | None = None) -> Decision:
    """Let a held case go on: by one of its `releasers`. Deadlines move by the working time it stood."""
    with locked(actor, case_id) as step:
        case = step.case
        if case.state != Case.State.HELD or case.held_at is None:
            raise BadMove(_("This case is not on hold."))
        principal = _seat_among({person.pk for person in releasers(step)}, actor)
        decision = recording.record(case=case, step=step, item=None, actor=actor, verb="resume", reason=reason.strip(),
                                    token=token, on_behalf_of=principal)  # fmt: skip
        moved = deadlines.resume(step, case.held_at, now())
        step.save(update_fields=moved)
        if "due_at" in moved:
            WorkItem.objects.filter(step=step, closed_at=None).update(due_at=step.due_at)
        case.state, case.held_at, case.held_reason = Case.State.OPEN, None, ""
        case.save(update_fields=["state", "held_at", "held_reason"])
        return decision


def releasers(step: Step) -> list[Person]:
    """Who may let the held case go on: whoever stopped it this time and holds that role still, whoever has a task in
    its open step, and where a task went back to its pool, those who may take it. Where all these have left: whoever
    holds the step's role."""
    held = Decision.objects.filter(case=step.case_id, verb="hold").select_related("actor", "on_behalf_of", "item")
    last = held.latest("pk")
    found = [seat] if (seat := last.on_behalf_of or last.actor) and _has_part(last, seat) else []
    for item in WorkItem.objects.filter(step=step, closed_at=None).select_related("person", "unit"):
        found += [item.person] if item.person else seating.pool_of(step, item.role, item.unit)
    if not any(person.is_active for person in found) and step.role:
        found += seating.pool_of(step, step.role, step.unit)
    return list({person.pk: person for person in found}.values())


def _has_part(last: Decision, person: Person) -> bool:
    """A part by name is not lost with any role."""
    assert last.item is not None
    role = RoleHolding.objects.in_force().filter(role=last.item.role, unit=last.item.unit_id)
    return not last.item.role or role.filter(person=person).exists()


def _seat_among(seats: Collection[int | None], actor: Person) -> Person | None:
    """In whose seat the actor acts: None in their own, else an absent colleague's. NotYours if in neither."""
    if actor.pk in seats:
        return None
    absent = next((one for one in stands_in_for(actor) if one in seats), None)
    if absent is None:
        raise NotYours
    return Person.objects.get(pk=absent)


def _not_held(case: Case) -> None:
    if case.state == Case.State.HELD:
        raise StandsStill(_("This case is on hold: %(reason)s") % {"reason": case.held_reason})


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
        _not_held(step.case)
        if earlier := next_urge(step.case):
            raise Late("urge", earlier.actor, earlier.decided_at, by_oneself=earlier.actor_id == actor.pk)
        decision = recording.record(case=step.case, step=step, item=None, actor=actor, verb="urge", token=token)
        telling.urged(step.case, step, decision)
        return decision


def copy(*, actor: Person, case_id: int, to: Person, token: UUID | None = None) -> Decision:
    """Let somebody read the case, by one of its parties or by somebody who has had it in hand."""
    with locked(actor, case_id) as step:
        case = step.case
        parties = case.parties.values_list("person_id", flat=True)  # type: ignore[attr-defined]
        handled = WorkItem.objects.filter(case=case).exclude(person=None).values_list("person_id", flat=True)
        principal = None if actor.pk in parties else _seat_among(set(handled), actor)
        if case.reserved:
            raise BadMove(_("This one is read by nobody else for now, so no copy is sent."))
        if not to.is_active or to.pk == actor.pk:
            raise BadMove(_("Pick somebody else with an account in use."), field="person")
        if outside.is_outside(to) and not Case.objects.visible_to(to).filter(pk=case.pk).exists():
            raise BadMove(_("%(person)s is of a company that this is not about.") % {"person": to.name}, field="person")
        withholding.require_told(case, to)
        made, created = CaseCopy.objects.get_or_create(
            case=case, person=to, defaults={"sent_by": actor, "sent_at": now()}
        )
        if not created:
            raise BadMove(_("%(person)s has a copy already.") % {"person": to.name}, field="person")
        decision = recording.record(case=case, step=step, item=None, actor=actor, verb="copy",
                                    data={"to": to.employee_no}, token=token, on_behalf_of=principal)  # fmt: skip
        telling.copied(case, decision, made)
        return decision


def take_back(*, actor: Person, case_id: int, token: UUID | None = None) -> Decision:
    """Take back one's last decision, as long as nobody has acted on it. The record keeps both.

    What a substitute decided is the absent one's: theirs to take back, and the substitute's while standing in.
    """
    with locked(actor, case_id) as step:
        _not_held(step.case)
        last = _last_of(step.case, actor)
        if last is None or last.step is None or last.item is None:
            raise BadMove(_("You have decided nothing here that could be taken back."))
        newer = Decision.objects.filter(case=step.case, pk__gt=last.pk).exclude(verb__in=NO_ACT)
        if last.step_id == step.pk:
            return _reopen_item(step, last, actor, token)
        signed = WorkItem.objects.filter(step=step, state=WorkItem.State.DONE).exclude(origin=WorkItem.Origin.CARRIED)
        if newer.exists() or signed.exists():
            first = newer.select_related("actor").first()
            raise Late(first.verb, first.actor, first.decided_at) if first else Late("done", None, None)
        return _walk_back(step, last, actor, token)


def _last_of(case: Case, actor: Person) -> Decision | None:
    own = Q(actor=actor, on_behalf_of=None) | Q(on_behalf_of=actor)
    own |= Q(actor=actor, on_behalf_of__in=stands_in_for(actor))
    decided = Decision.objects.filter(own, case=case, verb__in=TAKEN_BACK)
    return decided.select_related("on_behalf_of", "item").order_by("-pk").first()


def _still_seated(last: Decision, actor: Person) -> Person | None:
    """For whom the actor takes back. Whoever holds the role no more cannot decide again, so the decision stays."""
    assert last.item is not None
    principal = last.on_behalf_of if last.on_behalf_of_id != actor.pk else None
    if not _has_part(last, principal or actor):
        raise NotYours
    return principal


def _reopen_item(step: Step, last: Decision, actor: Person, token: UUID | None) -> Decision:
    """The step is still open: the item is the actor's again, and counts as undecided."""
    assert last.item_id is not None
    if step.mode == Mode.EACH:
        raise BadMove(_("What was handed in here stands; it cannot be taken back."))
    item = WorkItem.objects.get(pk=last.item_id)
    if item.followers.exclude(state__in=("parked", "cancelled")).exists():  # type: ignore[attr-defined]
        raise BadMove(_("A signer added after you is deciding already."))
    if Decision.objects.filter(item=item, verb="take_back", pk__gt=last.pk).exists():
        raise BadMove(_("It has been taken back already."))
    principal = _still_seated(last, actor)
    item.state, item.closed_at = WorkItem.State.OPEN, None
    item.save(update_fields=["state", "closed_at"])
    return recording.record(case=step.case, step=step, item=item, actor=actor, verb="take_back",
                            data={"of": last.ledger_seq}, token=token, on_behalf_of=principal)  # fmt: skip


def _walk_back(step: Step, last: Decision, actor: Person, token: UUID | None) -> Decision:
    """The next step is open and untouched: it closes, machine steps between are undone, and one's own opens again."""
    assert last.step_id is not None
    principal = _still_seated(last, actor)
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
                                data={"of": last.ledger_seq}, token=token, on_behalf_of=principal)  # fmt: skip
    step.retakes = earlier  # type: ignore[attr-defined]
    concluding.conclude(step, Outcome.TAKEN_BACK, by=None, decision=None)
    return decision
