"""Items whose person may no longer act: back to the pool, or to another holder of the role."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from workflows.engine import kinds, recording, seating, stepping, telling
from workflows.engine.models import Step, WorkItem
from workflows.engine.verbs.claiming import hand_over
from workflows.ledger.clock import now
from workflows.organisation.models import Person, RoleHolding


def vacated() -> list[int]:
    """Open items held by somebody who has lost the role or the account."""
    holding = RoleHolding.objects.in_force().filter(
        person=OuterRef("person"), role=OuterRef("role"), unit=OuterRef("unit")
    )
    lost = Q(person__is_active=False) | (~Q(role="") & ~Exists(holding))
    found = WorkItem.objects.filter(state=WorkItem.State.OPEN, person__isnull=False).filter(lost)
    return list(found.values_list("pk", flat=True)[:500])


def vacate(item_id: int) -> None:
    """Free one such item. Safe to run twice, and beside a decision: it takes the case's lock and looks again."""
    row = WorkItem.objects.filter(pk=item_id).values_list("case__kind", "case__process_id").first()
    if row is None:
        return
    with kinds.get(row[0]).flow.lock(row[1]):
        item = WorkItem.objects.select_related(
            "person", "unit", "case__unit", "case__rules", "case__process", "step__task", "step__unit"
        ).get(pk=item_id)
        if item.state == WorkItem.State.OPEN and item.person is not None and item_id in vacated():
            item.step.case = item.case
            _free(item)


def _free(item: WorkItem) -> None:
    person = item.person
    if item.origin == WorkItem.Origin.POOL and item.role:
        hand_over(item, None)
        heirs = [h.person for h in RoleHolding.objects.in_force().filter(role=item.role, unit=item.unit)]
    else:
        item.state, item.closed_at = WorkItem.State.CANCELLED, now()
        item.save(update_fields=["state", "closed_at"])
        heirs = _reseat(item.step)
    recording.record(
        case=item.case,
        step=item.step,
        item=item,
        actor=None,
        verb="reseat",
        role=item.role,
        data={"from": person.employee_no if person else "", "to": [p.employee_no for p in heirs]},
    )
    telling.waiting(item.case, item.step, heirs)


def _reseat(step: Step) -> list[Person]:
    """Seat holders of the role who have no item yet; without any, the person above."""
    node = step.task.flow_task
    if node.people is not None:
        return []
    seats = stepping.find_seats(step.case, node, step.role)
    have = set(WorkItem.objects.filter(step=step).exclude(state="cancelled").values_list("person_id", flat=True))
    seats.people = [p for p in seats.people if p.pk not in have]
    seats.recused_people = []
    if seats.people:
        seating.seat(step, seats)
    return seats.people
