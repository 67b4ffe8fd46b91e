"""What pressing the button will do, said before it is pressed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from workflows.engine import tally
from workflows.engine.history import History, Visit
from workflows.engine.models import WorkItem
from workflows.engine.models.step import Mode
from workflows.engine.turn import Turn


@dataclass(frozen=True)
class Outlook:
    """`approve`, `reject`: the words on the buttons. `why`: the effect, in one line above them."""

    approve: str
    reject: str
    why: str
    can_reject: bool
    can_return: bool
    can_abstain: bool


def of(held: Turn, history: History) -> Outlook:
    visit = history.present
    vote = held.step.mode == Mode.VOTE
    decides = visit is None or decided_by(held, visit)
    label = str(held.kind.consequence(held.case, held.step)) if decides and not vote else ""
    return Outlook(
        approve=_("In favour") if vote else label or _("Approve"),
        reject=refusal(held),
        why=_vote_why(visit, decides) if vote else _why(held, visit, decides),
        can_reject=held.node._rejected is not None,
        can_return=not vote,
        can_abstain=vote and held.item.origin != WorkItem.Origin.ESCALATED,
    )


def refusal(held: Turn) -> str:
    """The word on the button that rejects: the kind's own, or the usual one."""
    usual = _("Against") if held.step.mode == Mode.VOTE else _("Reject")
    return str(held.kind.refusal(held.case, held.step)) or usual


def decided_by(held: Turn, visit: Visit) -> bool:
    """Would this person's approval settle the step?"""
    if held.item.origin == WorkItem.Origin.ESCALATED:
        return True
    ballots = [tally.Ballot(i.weight, _choice(i, visit, held.item.pk)) for i in visit.signers]
    if held.step.mode == Mode.ANY:
        own, added = _split(ballots, visit)
        return tally.any_of(own) == "passed" and (not added or tally.all_of(added) == "passed")
    if held.step.mode != Mode.VOTE:
        return tally.all_of(ballots) == "passed"
    return tally.vote(ballots, Fraction(held.step.quorum), Fraction(held.step.pass_share)) == "passed"  # type: ignore[arg-type]


def _split(ballots: list[tally.Ballot], visit: Visit) -> tuple[list[tally.Ballot], list[tally.Ballot]]:
    """The signers of the step, and those who were added to them."""
    pairs = list(zip(ballots, visit.signers, strict=True))
    added = [b for b, i in pairs if i.origin == WorkItem.Origin.ADDED]
    return [b for b, i in pairs if i.origin != WorkItem.Origin.ADDED], added


def _choice(item: WorkItem, visit: Visit, mine: int) -> tally.Choice | None:
    if item.pk == mine or item.origin == WorkItem.Origin.CARRIED:
        return "approve"
    chosen = next((d.verb for d in reversed(visit.decisions) if d.item_id == item.pk), None)
    return chosen if chosen in ("approve", "reject", "abstain") else None  # type: ignore[return-value]


def _why(held: Turn, visit: Visit | None, decides: bool) -> str:
    if decides:
        return _("Your approval ends this step.")
    left = sum(1 for i in visit.signers if i.state != WorkItem.State.DONE and i.pk != held.item.pk) if visit else 0
    return ngettext("%(n)s more signs after you.", "%(n)s more sign after you.", left) % {"n": left}


def _vote_why(visit: Visit | None, decides: bool) -> str:
    if decides:
        return _("With your vote in favour it passes.")
    left = visit.unsigned if visit else 0
    return ngettext("%(n)s vote is still out.", "%(n)s votes are still out.", left) % {"n": left}


def waiting_words(visit: Visit, *, mine: bool, deciding: bool = True) -> str:
    """The chip at the head: 会签 2/3，等我."""
    step, count = visit.step, f"{visit.signed}/{len(visit.signers)}"
    words = ""
    if step.mode == Mode.ALL:
        words = _("All sign %(done)s/%(all)s") % {"done": visit.signed, "all": len(visit.signers)}
    elif step.mode == Mode.VOTE:
        words = _("Vote %(done)s/%(all)s") % {"done": visit.signed, "all": len(visit.signers)}
    if not mine:
        return f"{visit.title} {count}" if words else visit.title
    if words:
        return _("%(words)s, waits for me") % {"words": words}
    return pgettext("task", "Waits for me") if deciding else _("Mine to do")
