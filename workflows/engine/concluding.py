"""Ending a step: close what is open in it, then let Viewflow walk on."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from django.db.models import Q
from django.utils.translation import gettext as _

from workflows.engine import tally, telling
from workflows.engine.errors import BadMove
from workflows.engine.models import Case, Decision, Step, WorkItem
from workflows.engine.models.step import Mode, Outcome
from workflows.ledger.clock import now
from workflows.organisation.models import Person
from workflows.store.gathering import change


def settle(step: Step, verdict: tally.Verdict | None, *, by: Person | None, decision: Decision | None) -> None:
    """End the step if the signers have decided it."""
    if verdict is not None:
        outcome = Outcome.APPROVED if verdict == "passed" else Outcome.REJECTED
        conclude(step, outcome, by=by, decision=decision)


def verdict_of(step: Step) -> tally.Verdict | None:
    """Count the step's signers. Two statements. Past a vote's deadline nobody waits for what could still come in."""
    if step.mode == Mode.VOTE:
        closing = step.due_at is not None and step.due_at <= now()
        return tally.vote(ballots_of(step), Fraction(step.quorum), Fraction(step.pass_share), closing=closing)
    if step.mode == Mode.ANY:
        own, added = ballots_of(step, added=False), ballots_of(step, added=True)
        verdicts = (tally.any_of(own), tally.all_of(added) if added else "passed")
        return "failed" if "failed" in verdicts else "passed" if verdicts == ("passed", "passed") else None
    return tally.all_of(ballots_of(step))


def ballots_of(step: Step, *, added: bool | None = None) -> list[tally.Ballot]:
    """Each signer with the choice taken; an approval that stands counts as one, one taken back as none.

    `added`: only added signers, or only the others. Whoever was asked for an opinion does not sign.
    """
    verbs = ("approve", "reject", "abstain", "take_back")
    rows = Decision.objects.filter(step=step, verb__in=verbs).order_by("pk").values_list("item_id", "verb")
    chosen = {item: verb for item, verb in rows if item is not None}
    counted = WorkItem.objects.filter(step=step, state__in=("open", "parked", "done"))
    # Nor does whoever it was escalated to: they decide alone, in place of those still out.
    counted = counted.exclude(origin__in=(WorkItem.Origin.CONSULTED, WorkItem.Origin.ESCALATED))
    if added is not None:
        of_added = Q(origin=WorkItem.Origin.ADDED)
        counted = counted.filter(of_added if added else ~of_added)
    if step.mode == Mode.VOTE:
        chosen |= _carried(step, [item for item in counted if item.origin == WorkItem.Origin.CARRIED])
    return [tally.Ballot(item.weight, _choice(item, chosen)) for item in counted]


def _carried(step: Step, items: list[WorkItem]) -> dict[int, str]:
    """Votes that stand from before somebody came back to the vote: each as it was cast."""
    if not items:
        return {}
    cast = Decision.objects.filter(case=step.case_id, step__node=step.node, verb__in=("approve", "reject", "abstain"))
    before = cast.filter(item__person__in=[item.person_id for item in items]).exclude(step=step).order_by("pk")
    votes = dict(before.values_list("item__person_id", "verb"))
    return {item.pk: votes[item.person_id] for item in items if item.person_id in votes}


def follow(item: WorkItem) -> None:
    """What waited for this item goes on: a signer added after it, or the one who asked or added before."""
    if not item.step.chained:
        return
    waiting = WorkItem.objects.select_related("person").filter(after=item, state=WorkItem.State.PARKED)
    for follower in waiting:
        follower.state = WorkItem.State.OPEN
        follower.save(update_fields=["state"])
        if follower.person is not None:
            telling.waiting(item.case, item.step, [follower.person], round=f"after:{item.pk}")


def _choice(item: WorkItem, chosen: Mapping[int, str]) -> tally.Choice | None:
    verb = chosen.get(item.pk, "approve" if item.origin == WorkItem.Origin.CARRIED else None)
    return verb if verb in ("approve", "reject", "abstain") else None  # type: ignore[return-value]


def conclude(step: Step, outcome: str, *, by: Person | None, decision: Decision | None) -> None:
    """Close the step's open items and the step, mark Viewflow's task done and open what comes next."""
    moment = now()
    if step.mode != Mode.ONE or by is None or step.chained or step.escalated_at:
        open_items = WorkItem.objects.filter(step=step, state__in=("open", "parked"))
        open_items.update(state=WorkItem.State.CANCELLED, closed_at=moment)
    step.outcome, step.closed_at = outcome, moment
    change(step, "outcome", "closed_at")
    case = step.case
    case.moved_at = moment
    case.last_step = step
    activation = step.task.flow_task.activation_class(step.task)
    activation.step = step
    activation.take(by)
    activation.complete()
    activation.activate_next()
    change(case, "moved_at", "standing", "state", "closed_at", "content_digest")
    if decision is not None:
        telling.moved(case, decision)


def stop(case: Case, step: Step, outcome: str, standing: str) -> None:
    """End the whole case at its open step (withdrawn): Viewflow's task and process are cancelled."""
    moment = now()
    WorkItem.objects.filter(step=step, state__in=("open", "parked")).update(
        state=WorkItem.State.CANCELLED, closed_at=moment
    )
    step.outcome, step.closed_at = outcome, moment
    change(step, "outcome", "closed_at")
    step.task.flow_task.flow_class.instance.cancel(case.process)
    close(case, standing)
    case.held_at, case.held_reason = None, ""
    change(case, "moved_at", "standing", "state", "closed_at", "held_at", "held_reason")


def close(case: Case, standing: str) -> None:
    """The case has reached an end; the caller saves."""
    case.state, case.closed_at, case.standing = Case.State.CLOSED, now(), standing
    case.moved_at = case.closed_at


def reason_given(reason: str, message: str) -> str:
    """A return, a rejection and a withdrawal say why."""
    text = reason.strip()
    if not text:
        raise BadMove(message, field="reason")
    if len(text) > 2000:
        raise BadMove(_("At most 2,000 characters; this has %(count)s.") % {"count": len(text)}, field="reason")
    return text
