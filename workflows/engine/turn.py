"""A turn: one person acts on one work item. The lock, the questions asked, then the verb.

    with turn(actor=person, case_id=12, item_id=34, token=form_token) as t:
        t.approve(reason="…")

Everything inside is one transaction: decision, ledger entry, outbox rows and Viewflow's step stand or fall together.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from workflows.engine import independence, kinds, reseating, verbs
from workflows.engine.errors import Late, NoSuchThing, NotYours, Recused, RoleEnded
from workflows.engine.models import Case, Decision, Step, WorkItem
from workflows.engine.nodes import HumanStep
from workflows.organisation.models import Person, RoleHolding
from workflows.organisation.roles import held_by


class Turn(verbs.Verbs):
    """The actor at the item, under the lock. The verbs come from `verbs`."""

    def __init__(self, actor: Person, item: WorkItem, token: UUID | None) -> None:
        self.actor, self.item, self.token = actor, item, token
        self.step: Step = item.step
        self.case: Case = item.case
        self.kind = kinds.kind_of(self.case)
        self.node: HumanStep = self.step.task.flow_task


@contextmanager
def turn(
    *, actor: Person, item_id: int, case_id: int | None = None, number: str = "", token: UUID | None = None
) -> Iterator[Turn]:
    """Lock the case, make sure that this person may act on this item now, and hand over the verbs.

    The case is named by id or by number, and the item must belong to it.

    Raises NoSuchThing (404), NotYours or Recused (403), Late or RoleEnded (409).
    """
    try:
        with _locked(item_id, case_id, number) as item:
            actor.__dict__.pop("_held", None)  # what was known before the lock may have ended while we waited for it
            _still_open(item, actor, token)
            _has_the_role(item, actor)
            held = Turn(actor, item, token)
            _independent(held)
            yield held
    except RoleEnded:
        # The refusal rolled everything back; the item still has to find a new hand.
        reseating.vacate(item_id)
        raise


def glance(*, actor: Person, number: str, item_id: int) -> Turn:
    """The item as this person would act on it now, without the lock: for showing a page. Asks and raises as `turn`."""
    try:
        item = load(item_id)
    except WorkItem.DoesNotExist:
        raise NoSuchThing
    if item.case.number != number:
        raise NoSuchThing
    _still_open(item, actor, None)
    _has_the_role(item, actor)
    held = Turn(actor, item, None)
    _independent(held)
    return held


@contextmanager
def _locked(item_id: int, case_id: int | None, number: str) -> Iterator[WorkItem]:
    """The ids must belong together: Viewflow's own views lock one and load the other."""
    named = {"case__number": number} if case_id is None else {"case_id": case_id}
    row = WorkItem.objects.filter(pk=item_id, **named).order_by().values_list("case__kind", "case__process_id").first()
    if row is None:
        raise NoSuchThing
    kind, process_id = row
    with kinds.get(kind).flow.lock(process_id):
        yield load(item_id)


def load(item_id: int) -> WorkItem:
    """The item with all that a decision reads, in one statement; rows shared, so that each is known once."""
    item = WorkItem.objects.select_related(
        "person",
        "unit",
        "step__task",
        "step__unit",
        "case__process",
        "case__rules",
        "case__unit",
        "case__author",
        "step__returned_by",
    ).get(pk=item_id)
    item.step.case = item.case
    process = item.case.process
    assert process is not None
    item.step.task.process, process.case = process, item.case  # type: ignore[attr-defined]
    return item


def _still_open(item: WorkItem, actor: Person, token: UUID | None) -> None:
    if item.state == WorkItem.State.OPEN:
        return
    if item.state == WorkItem.State.RECUSED and item.person_id == actor.pk:
        raise Recused(independence.why_not(item.case, actor) or "tie")
    mine = item.person_id == actor.pk or any(h.role == item.role and h.unit_id == item.unit_id for h in held_by(actor))
    if not mine and not Case.objects.visible_to(actor).filter(pk=item.case_id).exists():
        raise NoSuchThing
    last = Decision.objects.filter(step=item.step).select_related("actor").order_by("-pk").first()
    own = Decision.objects.filter(item=item, actor=actor).exclude(verb="claim").order_by("-pk").first()
    told = own or last or Decision.objects.filter(case=item.case).select_related("actor").latest("pk")
    raise Late(told.verb, told.actor, told.decided_at, by_oneself=own is not None)


def _has_the_role(item: WorkItem, actor: Person) -> None:
    if not actor.is_active:
        raise NotYours
    by_role = bool(item.role)
    holds = any(h.role == item.role and h.unit_id == item.unit_id for h in held_by(actor)) if by_role else True
    if item.person_id == actor.pk:
        if not holds:
            raise role_ended(item, actor)
        return
    if item.person_id is None and holds:
        return
    if item.person_id is not None and by_role and holds and item.origin == WorkItem.Origin.POOL:
        raise Late("claim", item.person, item.claimed_at)
    if by_role and item.person_id is None and _held_once(item, actor):
        raise role_ended(item, actor)
    if Case.objects.visible_to(actor).filter(pk=item.case_id).exists():
        raise NotYours
    raise NoSuchThing


def _independent(held: Turn) -> None:
    """Asked whenever somebody decides, or acts by a role; an author may do the work that is theirs by name."""
    if not held.node.deciding and not held.item.role:
        return
    why = independence.why_not(held.case, held.actor, fresh=held.node.is_fresh(held.case))
    if why:
        raise Recused(why)


def _held_once(item: WorkItem, actor: Person) -> bool:
    return RoleHolding.objects.filter(person=actor, role=item.role, unit=item.unit, ends_at__gt=item.opened_at).exists()


def role_ended(item: WorkItem, actor: Person) -> RoleEnded:
    ended = RoleHolding.objects.filter(person=actor, role=item.role, unit=item.unit).order_by("-ends_at").first()
    others = RoleHolding.objects.in_force().filter(role=item.role, unit=item.unit).select_related("person")
    return RoleEnded(item.role, ended.ends_at if ended else None, [h.person for h in others])
