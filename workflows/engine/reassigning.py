"""A task becomes another person's because the one who has it is leaving: by an administrator, item by item.

It keeps its role and its place among the signers; independence is asked of whoever gets it.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from viewflow.workflow.status import STATUS

from workflows.engine import independence, kinds, recording, reseating, telling, withholding
from workflows.engine.errors import BadMove, NoSuchThing, Recused
from workflows.engine.models import Decision, Step, WorkItem
from workflows.ledger.clock import now
from workflows.organisation import roles
from workflows.organisation.models import Person, RoleHolding

OPEN = (WorkItem.State.OPEN, WorkItem.State.PARKED)


def pieces(person: Person) -> list[WorkItem]:
    """All that waits for this person now, by case. What is in a reserved case is theirs by name: nobody else learns of
    it, and whoever follows them there comes in by the case's own rule."""
    found = WorkItem.objects.filter(person=person, state__in=OPEN, case__reserved=False)
    return list(found.select_related("case__unit", "step__task", "unit").order_by("case__number", "pk"))


def heirs(item: WorkItem) -> list[Person]:
    """Who could take it over: holders of its role there, who are independent and have no part in the step yet."""
    if not item.role or item.unit_id is None:
        return []
    others = [h.person for h in roles.holders(item.role, item.unit_id) if h.person_id != item.person_id]
    node = item.step.task.flow_task
    out = independence.recused(item.case, [p.pk for p in others], fresh=node.is_fresh(item.case)) if others else {}
    seated = _seated(item.step) | withholding.kept_from(item.case, [p.pk for p in others])
    return [p for p in others if p.pk not in out and p.pk not in seated]


def _seated(step: Step) -> set[int | None]:
    return set(WorkItem.objects.filter(step=step).exclude(state="cancelled").values_list("person_id", flat=True))


def reassign(*, actor: Person, item_id: int, giver: Person, to: Person, reason: str) -> Decision:
    """Give `giver`'s item to `to`. Raises BadMove with the reason, Late if it is no longer theirs to give."""
    known = WorkItem.objects.filter(pk=item_id, case__reserved=False)
    row = known.values_list("case__kind", "case__process_id").first()
    if row is None:
        raise NoSuchThing
    with kinds.get(row[0]).flow.lock(row[1]):
        item = WorkItem.objects.select_related("person", "unit").get(pk=item_id)
        item.step = reseating.whole(item.step_id)
        item.case = item.step.case
        _still_theirs(item, giver)
        _may_have(item, giver, to)
        return _give(item, actor=actor, giver=giver, to=to, reason=reason)


def _still_theirs(item: WorkItem, giver: Person) -> None:
    if item.state in OPEN and item.person_id == giver.pk:
        return
    raise recording.late(item.case_id, giver)


def _may_have(item: WorkItem, giver: Person, to: Person) -> None:
    node = item.step.task.flow_task
    if not to.is_active:
        raise BadMove(_("This account is not in use."))
    if node.authors or (not item.role and not node.deciding and item.person_id == item.case.author_id):
        raise BadMove(_("Only an author can do this; nobody can take it over."))
    if item.role and not RoleHolding.objects.in_force().filter(person=to, role=item.role, unit=item.unit_id).exists():
        raise BadMove(_("%(person)s does not hold the role there.") % {"person": to.name})
    if not item.role and not Person.objects.colleagues_of(giver).filter(pk=to.pk).exists():
        raise BadMove(_("Only somebody of the same workshop can take it over."))
    if to.pk in _seated(item.step):
        raise BadMove(_("%(person)s has a part in this step already.") % {"person": to.name})
    if (node.deciding or item.role) and (why := independence.why_not(item.case, to, fresh=node.is_fresh(item.case))):
        raise BadMove(independence.words(why) % {"person": to.name}) from Recused(why)
    withholding.require_told(item.case, to)


def _give(item: WorkItem, *, actor: Person, giver: Person, to: Person, reason: str) -> Decision:
    item.person, item.claimed_at = to, now()
    if item.role:
        holding = RoleHolding.objects.in_force().filter(person=to, role=item.role, unit=item.unit_id).first()
        item.weight = holding.weight if holding and item.origin == WorkItem.Origin.NAMED else item.weight
    item.save(update_fields=["person", "claimed_at", "weight"])
    task = item.step.task
    if task.owner_id == giver.pk:
        task.owner, task.status = to, STATUS.ASSIGNED
        task.save(update_fields=["owner", "status"])
    facts = {"from": giver.employee_no, "to": to.employee_no}
    decision = recording.record(case=item.case, step=item.step, item=item, actor=actor, verb="reassign", reason=reason,
                                role=item.role, data=facts)  # fmt: skip
    telling.waiting(item.case, item.step, [to], round=f"decision:{decision.pk}")
    return decision
