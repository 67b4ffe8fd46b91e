"""The person above: who is told when a step is late, and may decide too once it escalates."""

from __future__ import annotations

from workflows.engine import independence, seating, withholding
from workflows.engine.models import Step, WorkItem
from workflows.engine.seating import Seats
from workflows.organisation.models import RoleHolding, Unit
from workflows.store.gathering import add_all

NOBODY = Seats(unit=None, role="", people=[])


def of(step: Step) -> Seats:
    """The holders of the step's role at the nearest unit above, else that unit's named fallback.

    Whoever independence forbids, from whom the case is withheld and who sits in the step already is passed over, so
    the search may go further up.
    Where that finds nobody: who would have it if the step passed up. Five statements at most, whatever the tree.
    Nobody above is told of a reserved case; whoever runs the matter that it belongs to sees that it is late there.
    """
    if step.case.reserved:
        return NOBODY
    role, path = _place(step)
    return _walk_up(step, role, path) or _next_level(step) or NOBODY


def _place(step: Step) -> tuple[str, str]:
    """Role, and the path of the unit above which to look.

    Work that is somebody's by name stands under whoever acted by role last: who gave it out, or passed it on.
    """
    if step.role and step.unit is not None:
        return step.role, _parent(step.unit.path)
    giver = Step.objects.filter(case=step.case_id, place__lt=step.place).exclude(role="").exclude(unit=None)
    last = giver.select_related("unit").order_by("-place").first()
    if last is not None and last.unit is not None:
        return last.role, last.unit.path
    return "", step.case.unit.path


def _parent(path: str) -> str:
    return path.rstrip("/").rpartition("/")[0] + "/"


def _walk_up(step: Step, role: str, path: str) -> Seats | None:
    ladder = list(Unit.objects.above(path).select_related("fallback").order_by("-path")) if path.strip("/") else []
    holdings = RoleHolding.objects.in_force().filter(role=role, unit__in=ladder).select_related("person")
    found = list(holdings.order_by("person__employee_no")) if role else []
    people = {h.person_id for h in found} | {u.fallback_id for u in ladder if u.fallback_id}
    out = _passed_over(step, people)
    for unit in ladder:
        here = [h.person for h in found if h.unit_id == unit.pk and h.person_id not in out]
        if here:
            return Seats(unit=unit, role=role, people=here)
        fallback = unit.fallback
        if fallback is not None and fallback.is_active and fallback.pk not in out:
            return Seats(unit=unit, role="", people=[fallback], named=True)
    return None


def _next_level(step: Step) -> Seats | None:
    """The seat that the flow passes the case up to when a step has nobody."""
    node = step.task.flow_task._passes_up
    while node is not None:
        role, level = node.seat_of(step.case)
        seats = seating.by_role(step.case, role, level, fresh=node.is_fresh(step.case))
        out = _passed_over(step, {p.pk for p in seats.people})
        seats.people = [p for p in seats.people if p.pk not in out]
        if seats.people:
            return seats
        node = getattr(node, "_passes_up", None)
    return None


def _passed_over(step: Step, people: set[int]) -> set[int]:
    if not people:
        return set()
    fresh = step.task.flow_task.is_fresh(step.case)
    seated = WorkItem.objects.filter(step=step, person__in=people).exclude(state=WorkItem.State.CANCELLED)
    out = {*independence.recused(step.case, people, fresh=fresh), *withholding.kept_from(step.case, people)}
    return {*out, *seated.values_list("person_id", flat=True)}


def seat(step: Step, above: Seats) -> list[WorkItem]:
    """Give each of them a part of their own, by which they decide alone. One statement."""
    assert step.escalated_at is not None
    items = [
        WorkItem(
            step=step,
            case=step.case,
            person=person,
            role="" if above.named else above.role,
            unit=None if above.named else above.unit,
            origin=WorkItem.Origin.ESCALATED,
            opened_at=step.escalated_at,
            due_at=step.due_at,
        )
        for person in above.people
    ]
    add_all(items)
    return items
