"""Items whose person may no longer act: back to the pool, or to another holder of the role."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from workflows.engine import at_hand, concluding, hands, kinds, overseeing, recording, seating, stepping, telling
from workflows.engine.independence import concerned
from workflows.engine.models import Case, Step, WorkItem
from workflows.engine.models.step import Mode, Outcome
from workflows.engine.verbs.claiming import hand_over
from workflows.ledger.clock import now
from workflows.organisation.models import Person, RoleHolding


def vacated() -> QuerySet[WorkItem]:
    """Open items held by somebody who has lost the role or the account, or whom independence forbids since."""
    holding = RoleHolding.objects.in_force().filter(
        person=OuterRef("person"), role=OuterRef("role"), unit=OuterRef("unit")
    )
    of_role = ~Exists(holding) | concerned(OuterRef("case"), OuterRef("case__filed_at"), OuterRef("person"))
    lost = Q(person__is_active=False) | (~Q(role="") & of_role)
    return WorkItem.objects.filter(state=WorkItem.State.OPEN, person__isnull=False).filter(lost)


def vacate(item_id: int) -> None:
    """Free one such item. Safe to run twice, and beside a decision: it takes the case's lock and looks again."""
    row = WorkItem.objects.filter(pk=item_id).values_list("case__kind", "case__process_id").first()
    if row is None:
        return
    with kinds.get(row[0]).flow.lock(row[1]):
        item = WorkItem.objects.select_related("person", "unit").get(pk=item_id)
        if vacated().filter(pk=item_id).exists():
            item.step = whole(item.step_id)
            item.case = item.step.case
            _free(item)


def unmanned() -> QuerySet[Step]:
    """Open steps at which nobody can act: no item in the hands of anybody active, no pool with an independent holder.

    A held case stands still; it is found when it goes on.
    """
    case, filed_at = OuterRef(OuterRef("case")), OuterRef(OuterRef("case__filed_at"))
    holder = RoleHolding.objects.in_force().filter(role=OuterRef("role"), unit=OuterRef("unit"))
    holder = holder.exclude(concerned(case, filed_at, OuterRef("person")))
    holder = holder.exclude(hands.has_a_part(OuterRef(OuterRef("step")), OuterRef("person")))
    manned = WorkItem.objects.filter(step=OuterRef("pk"), state=WorkItem.State.OPEN).filter(
        Q(person__is_active=True) | (Q(person=None) & Exists(holder))
    )
    waiting = Step.objects.filter(~Exists(manned), closed_at=None).exclude(mode=Mode.PAUSE)
    return waiting.exclude(case__state=Case.State.HELD)


def man(step_id: int) -> None:
    """Find people for such a step: holders of the role, the level above, the person above. Safe to run twice."""
    kind, process_id = Step.objects.values_list("case__kind", "case__process_id").get(pk=step_id)
    with kinds.get(kind).flow.lock(process_id):
        step = whole(step_id)
        if unmanned().filter(pk=step_id).exists():
            _man(step)


def whole(step_id: int) -> Step:
    return at_hand.step_at_hand(step_id)


def _man(step: Step) -> None:
    if step.mode == Mode.EACH:
        decision = recording.record(case=step.case, step=step, item=None, actor=None, verb="lapse", role=step.role)
        concluding.conclude(step, Outcome.LAPSED, by=None, decision=decision)
        return
    verdict = concluding.verdict_of(step) if step.mode in (Mode.ALL, Mode.VOTE) else None
    if verdict is not None:
        # Whoever was still out is gone, and those who have signed are enough.
        decision = recording.record(case=step.case, step=step, item=None, actor=None, verb="conclude", role=step.role,
                                    data={"verdict": verdict, "why": "signers"})  # fmt: skip
        concluding.settle(step, verdict, by=None, decision=decision)
        return
    heirs = _reseat(step)
    if heirs:
        step.items.filter(state=WorkItem.State.OPEN, person=None).exclude(  # type: ignore[attr-defined]
            pk__in=[item.pk for item in step.seated]  # type: ignore[attr-defined]
        ).update(state=WorkItem.State.CANCELLED, closed_at=now())
        recording.record(case=step.case, step=step, item=None, actor=None, verb="reseat", role=step.role,
                         data={"to": [p.employee_no for p in heirs]})  # fmt: skip
        telling.waiting(step.case, step, heirs, round="again")
    elif step.task.flow_task._passes_up is not None:
        decision = recording.record(case=step.case, step=step, item=None, actor=None, verb="pass_up", role=step.role,
                                    data={"recused": []})  # fmt: skip
        concluding.conclude(step, Outcome.PASSED_UP, by=None, decision=decision)
    else:
        telling.unmanned(step.case, step)


def _free(item: WorkItem) -> None:
    person, step = item.person, item.step
    if item.origin == WorkItem.Origin.POOL and item.role:
        hand_over(item, None)
        have = _seated(step)
        heirs = [p for p in seating.pool_of(step, item.role, item.unit) if p.pk not in have]
    else:
        item.state, item.closed_at = WorkItem.State.CANCELLED, now()
        item.save(update_fields=["state", "closed_at"])
        concluding.follow(item)  # whoever waits for them waits in vain
        heirs = _above_again(step) if item.origin == WorkItem.Origin.ESCALATED else _reseat(step)
    facts = {"from": person.employee_no if person else "", "to": [p.employee_no for p in heirs]}
    decision = recording.record(
        case=item.case, step=step, item=item, actor=None, verb="reseat", role=item.role, data=facts
    )
    telling.waiting(item.case, step, heirs, round=f"item:{item.pk}")
    if step.mode in (Mode.ALL, Mode.VOTE) and item.case.state != Case.State.HELD:
        # Whoever is gone counts no more: those who have signed may now be enough. A held case stands still; once it
        # goes on, the next vote counts, or `man` does where nobody is left to cast one.
        concluding.settle(step, concluding.verdict_of(step), by=None, decision=decision)


def _above_again(step: Step) -> list[Person]:
    """Whoever it was escalated to is gone: another person above gets that part."""
    return [item.person for item in overseeing.seat(step, overseeing.of(step)) if item.person]


def _reseat(step: Step) -> list[Person]:
    """Seat holders of the role who have no item yet; without any, the person above."""
    node = step.task.flow_task
    step.seated = []  # type: ignore[attr-defined]
    if node.people is not None:
        seats = seating.by_name(node.people(step.case))
    else:
        seats = stepping.find_seats(step.case, node, step.role)
    have = _seated(step)
    seats.people = [p for p in seats.people if p.pk not in have]
    seats.recused_people = []
    if seats.people:
        step.seated = seating.seat(step, seats)  # type: ignore[attr-defined]
    return seats.people


def _seated(step: Step) -> set[int | None]:
    return set(WorkItem.objects.filter(step=step).exclude(state="cancelled").values_list("person_id", flat=True))
