"""Verbs that ask for more than a press: which are open at an item, and what each one's sheet asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from workflows.engine import naming
from workflows.engine.models import WorkItem
from workflows.engine.turn import Turn
from workflows.engine.verbs.signers import UNDECIDED
from workflows.organisation.models import Person


@dataclass(frozen=True)
class Ask:
    """A sheet: its words, and which of the fields person, where, signer and reason it has."""

    title: Any
    effect: Any
    icon: str
    reason: Any = ""
    person: bool = False
    where: bool = False
    signer: bool = False


ASKS = {
    "transfer": Ask(
        _("Transfer"), _("The task becomes theirs by name; it does not come back."), "chevron",
        reason=_("Why (may be left empty)"), person=True,
    ),
    "add_signer": Ask(
        _("Add signer"), _("They decide as well; their decision counts like yours."), "plus",
        reason=_("Why (may be left empty)"), person=True, where=True,
    ),
    "consult": Ask(
        _("Ask an opinion"), _("The task waits for their opinion, then it comes back and you decide."), "users",
        reason=_("What you want to know"), person=True,
    ),
    "hold": Ask(
        _("Hold"), _("The case and its clock stop until you, or whoever has a task in it, resume it."), "pause",
        reason=_("What it waits for"),
    ),
    "remove_signer": Ask(
        _("Remove signer"), _("Only somebody who was added and has not decided."), "minus",
        reason=_("Why (may be left empty)"), signer=True,
    ),
}  # fmt: skip

WHERE = {
    "before": (_("before me"), _("They decide first, then the task comes back to you.")),
    "beside": (_("beside me"), _("You both decide, in any order.")),
    "after": (_("after me"), _("They decide once you have.")),
}


def open_at(held: Turn) -> dict[str, Ask]:
    """Those that apply here. Whoever was only asked for an opinion has nothing to hand on."""
    if held.item.origin == WorkItem.Origin.CONSULTED:
        return {}
    found = dict(ASKS)
    if not held.node.deciding:
        del found["add_signer"]
    if not held.step.chained or not removable(held):
        del found["remove_signer"]
    return found


def removable(held: Turn) -> list[WorkItem]:
    """Added signers of the step who have not decided."""
    added = WorkItem.objects.filter(step=held.step, origin=WorkItem.Origin.ADDED, state__in=UNDECIDED)
    return list(added.exclude(pk=held.item.pk).select_related("person__unit").order_by("pk"))


def person_in(actor: Person, sent: QueryDict) -> Person:
    """Whom the form names: picked from the list, else typed."""
    return naming.colleague(actor, sent.get("person", ""))


def signer_in(sent: QueryDict) -> int:
    item = sent.get("item", "")
    return int(item) if item.isascii() and item.isdigit() and len(item) < 19 else 0


def typed_person(sent: QueryDict) -> str:
    """What was typed into the search, not what was picked below it."""
    return next((name for name in sent.getlist("person") if name), "")[:60]
