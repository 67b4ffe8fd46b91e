"""A leaver's work in one go: every open piece with who could take it, then each handed on by itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _

from workflows.engine import kinds, reassigning
from workflows.engine.contention import plainly
from workflows.engine.errors import BadMove, Late, Refusal
from workflows.engine.models import WorkItem
from workflows.engine.models.step import Mode
from workflows.organisation.models import Person, Role

MOST = 200


@dataclass(frozen=True)
class Piece:
    """One open part of one case: its step's title, who could take it over and who is proposed."""

    item: WorkItem
    title: str
    role: str
    heirs: list[Person]
    proposed: Person | None
    why_not: str = ""


@dataclass(frozen=True)
class Done:
    item: WorkItem
    title: str
    to: Person | None
    why_not: str = ""


def pieces(person: Person, *, actor: Person) -> list[Piece]:
    """All that the person leaves, each proposed to whoever of its heirs has least to do; never to the actor."""
    found = reassigning.pieces(person)[:MOST]
    heirs = {item.pk: [heir for heir in reassigning.heirs(item) if heir.pk != actor.pk] for item in found}
    load = _load({heir.pk for them in heirs.values() for heir in them})
    return [_piece(item, heirs[item.pk], load) for item in found]


def _load(people: set[int]) -> Counter[int]:
    rows = WorkItem.objects.filter(state=WorkItem.State.OPEN, person__in=people).order_by()
    return Counter(dict(rows.values_list("person").annotate(n=Count("pk"))))


def _piece(item: WorkItem, heirs: list[Person], load: Counter[int]) -> Piece:
    proposed = min(heirs, key=lambda heir: (load[heir.pk], heir.employee_no), default=None)
    if proposed is not None:
        load[proposed.pk] += 1
    role = str(dict(Role.choices).get(item.role, ""))
    return Piece(item, _title(item), role, heirs, proposed, "" if heirs else _why_nobody(item))


def _title(item: WorkItem) -> str:
    return str(kinds.kind_of(item.case).flow.instance.node(item.step.node).task_title)


def _why_nobody(item: WorkItem) -> str:
    if item.role and item.step.mode in (Mode.ALL, Mode.VOTE) and item.origin == WorkItem.Origin.NAMED:
        return _("Whoever else holds the role signs already. Once the role has ended, the step goes on without them.")
    if item.role:
        return _("Nobody else who may decide in it holds the role there.")
    return _("It is theirs by name; name somebody, or leave it.")


def hand_on(*, actor: Person, giver: Person, wishes: dict[int, Person | None], reason: str) -> list[Done]:
    """Each its own transaction and ledger entry; what cannot be moved stays and says why."""
    if actor.pk == giver.pk:
        raise BadMove(_("Hand your own work on by its own pages."))
    if not reason.strip():
        raise BadMove(_("Say why the work changes hands."), field="reason")
    if any(to is not None and to.pk == actor.pk for to in wishes.values()):
        # Keeping accounts gives no part in any case; whoever hands work on picks somebody else.
        raise BadMove(_("You cannot give it to yourself; pick somebody else."))
    items = {item.pk: item for item in reassigning.pieces(giver)}
    return [
        _one(actor, giver, items[pk], to, reason.strip()[:2000]) for pk, to in sorted(wishes.items()) if pk in items
    ]


def _one(actor: Person, giver: Person, item: WorkItem, to: Person | None, reason: str) -> Done:
    title = _title(item)
    if to is None:
        return Done(item, title, None, _("Nobody was named for it; it stays."))
    try:
        with plainly(actor, None):
            reassigning.reassign(actor=actor, item_id=item.pk, giver=giver, to=to, reason=reason)
    except BadMove as refused:
        return Done(item, title, to, refused.message)
    except Late:
        return Done(item, title, to, _("It has moved on meanwhile; nothing was left to hand on."))
    except Refusal:
        return Done(item, title, to, _("A colleague is working on this at the moment. Try again shortly."))
    return Done(item, title, to)
