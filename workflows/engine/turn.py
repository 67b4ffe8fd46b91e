"""A turn: one person acts on one work item. The lock, the questions asked, then the verb.

    with turn(actor=person, case_id=12, item_id=34, token=form_token) as t:
        t.approve(reason="…")

Everything inside is one transaction: decision, ledger entry, outbox rows and Viewflow's step stand or fall together.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from structlog.contextvars import bind_contextvars, reset_contextvars

from workflows.engine import at_hand, hands, independence, kinds, reseating, verbs, withholding
from workflows.engine.errors import BadMove, Late, NoSuchThing, NotYours, Recused, Refusal, RoleEnded, StandsStill
from workflows.engine.locking import locked_by_item
from workflows.engine.models import Case, Decision, Step, WorkItem
from workflows.engine.models.step import Mode
from workflows.engine.nodes import HumanStep
from workflows.organisation.absences import stands_in_for
from workflows.organisation.models import Person, RoleHolding
from workflows.organisation.roles import held_by


class Turn(verbs.Verbs):
    """The actor at the item, under the lock. The verbs come from `verbs`."""

    def __init__(self, actor: Person, item: WorkItem, token: UUID | None, principal: Person | None = None) -> None:
        self.actor, self.item, self.token, self.principal = actor, item, token, principal
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
    named: Any = {}  # in the log's lines of the turn, and in what breaks in it, its writing and commit included
    try:
        with _locked(item_id, case_id, number, actor) as item:
            for known in ("_held", "_stands_in"):  # what was known before the lock may have ended while we waited
                actor.__dict__.pop(known, None)
            _still_open(item, actor, token)
            held = Turn(actor, item, token, _seat_of(item, actor))
            _is_told(held)
            _independent(held)
            _has_no_other_part(held)
            bind_contextvars(actor=actor.pk)
            named = bind_contextvars(case=held.case.pk, item=item_id)
            yield held
    except Refusal as refused:
        reset_contextvars(**named)
        if isinstance(refused, RoleEnded):
            # The refusal rolled everything back; the item still has to find a new hand.
            reseating.vacate(item_id)
        raise
    reset_contextvars(**named)
    bind_contextvars(acted_on=held.case.pk)


def glance(*, actor: Person, number: str, item_id: int) -> Turn:
    """The item as this person would act on it now, without the lock: for showing a page. Asks and raises as `turn`."""
    kind = Case.objects.filter(items=item_id, number=number).values_list("kind", flat=True).first()
    item = at_hand.item_at_hand(item_id, kind, actor) if kind else None
    if item is None:
        raise NoSuchThing
    _still_open(item, actor, None)
    held = Turn(actor, item, None, _seat_of(item, actor))
    _is_told(held)
    _independent(held)
    _has_no_other_part(held)
    return held


@contextmanager
def _locked(item_id: int, case_id: int | None, number: str, actor: Person) -> Iterator[WorkItem]:
    """The ids must belong together: Viewflow's own views lock one and load the other."""
    with locked_by_item(item_id, case_id=case_id, number=number) as (kind, writing):
        item = at_hand.item_at_hand(item_id, kind, actor, writing=writing) if kind else None
        if item is None:
            raise NoSuchThing
        yield item


def _still_open(item: WorkItem, actor: Person, token: UUID | None) -> None:
    if item.state == WorkItem.State.OPEN:
        if item.case.state == Case.State.HELD:
            _may_know(item, actor)
            raise StandsStill(_("This case is on hold: %(reason)s") % {"reason": item.case.held_reason})
        return
    if item.state == WorkItem.State.PARKED:
        _may_know(item, actor)
        raise StandsStill(_("It waits for somebody else first."))
    if item.state == WorkItem.State.RECUSED and item.person_id == actor.pk:
        raise Recused(independence.why_not(item.case, actor) or "tie")
    _may_know(item, actor)
    last = Decision.objects.filter(step=item.step).select_related("actor").order_by("-pk").first()
    own = Decision.objects.filter(item=item, actor=actor).exclude(verb="claim").order_by("-pk").first()
    told = own or last or Decision.objects.filter(case=item.case).select_related("actor").latest("pk")
    raise Late(told.verb, told.actor, told.decided_at, by_oneself=own is not None)


def _may_know(item: WorkItem, actor: Person) -> None:
    """Whoever may not see the case learns nothing of its state."""
    mine = item.person_id == actor.pk or any(h.role == item.role and h.unit_id == item.unit_id for h in held_by(actor))
    if not mine and not Case.objects.visible_to(actor).filter(pk=item.case_id).exists():
        raise NoSuchThing


def _plainly_seated(item: WorkItem, actor: Person) -> bool:
    """Nearly always: the item is the actor's or free, and they hold its role, as read with the item."""
    held: bool = getattr(item, "actor_holds", False)
    return actor.is_active and (held or not item.role) and item.person_id in (actor.pk, None)


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


def _seat_of(item: WorkItem, actor: Person) -> Person | None:
    """Whom the actor stands in for here: nobody if the seat is their own, else an absent colleague whose seat it is."""
    if _plainly_seated(item, actor):
        return None
    try:
        _has_the_role(item, actor)
    except (NoSuchThing, NotYours, Late):  # late: a colleague of one's own pool has it, perhaps the absent one
        principal = _principal(item, actor)
        if principal is None:
            raise
        return principal
    return None


def _principal(item: WorkItem, actor: Person) -> Person | None:
    if item.step.mode == Mode.EACH:
        return None
    absent = Person.objects.in_bulk(stands_in_for(actor)) if actor.is_active else {}
    late: Late | None = None
    for principal in absent.values():
        try:
            _has_the_role(item, principal)
            return principal
        except Late as told:
            late = told
        except Refusal:
            continue
    if late is not None:
        raise late
    return None


def _is_told(held: Turn) -> None:
    """A pool's task, or an absent colleague's, of a case that is withheld from the actor is not there for them."""
    if held.item.person_id != held.actor.pk and withholding.kept_from(held.case, [held.actor.pk]):
        raise NoSuchThing


def _independent(held: Turn) -> None:
    """Asked whenever somebody decides, or acts for a role; an author may do the work that is theirs by name."""
    if not held.node.deciding and held.node.people is not None:
        return
    fresh = held.node.is_fresh(held.case)
    if held.principal is None and not fresh and getattr(held.item, "actor_concerned", True) is False:
        return
    people = [held.actor.pk] + ([held.principal.pk] if held.principal else [])
    out = independence.recused(held.case, people, fresh=fresh)
    if out:
        raise Recused(out.get(held.actor.pk) or next(iter(out.values())))


def _has_no_other_part(held: Turn) -> None:
    """Asked where a pool's task is free and somebody may sit beside it by name."""
    if held.item.person_id is not None or not (held.step.chained or held.step.escalated_at):
        return
    if WorkItem.objects.filter(hands.has_a_part(held.step.pk, held.seat), pk=held.item.pk).exists():
        raise BadMove(_("%(person)s has a part in this step already.") % {"person": held.seat.name})


def _held_once(item: WorkItem, actor: Person) -> bool:
    return RoleHolding.objects.filter(person=actor, role=item.role, unit=item.unit, ends_at__gt=item.opened_at).exists()


def role_ended(item: WorkItem, actor: Person) -> RoleEnded:
    ended = RoleHolding.objects.filter(person=actor, role=item.role, unit=item.unit).order_by("-ends_at").first()
    others = RoleHolding.objects.in_force().filter(role=item.role, unit=item.unit).select_related("person")
    return RoleEnded(item.role, ended.ends_at if ended else None, [h.person for h in others])
