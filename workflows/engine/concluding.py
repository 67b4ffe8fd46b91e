"""Ending a step: close what is open in it, then let Viewflow walk on."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from django.utils.translation import gettext as _

from workflows.engine import tally, telling
from workflows.engine.errors import BadMove
from workflows.engine.models import Case, Decision, Step, WorkItem
from workflows.engine.models.step import Mode, Outcome
from workflows.ledger.clock import now
from workflows.organisation.models import Person


def settle(step: Step, verdict: tally.Verdict | None, *, by: Person | None, decision: Decision | None) -> None:
    """End the step if the signers have decided it."""
    if verdict is not None:
        outcome = Outcome.APPROVED if verdict == "passed" else Outcome.REJECTED
        conclude(step, outcome, by=by, decision=decision)


def verdict_of(step: Step, *, closing: bool = False) -> tally.Verdict | None:
    """Count the step's signers. One statement for a step of several signers, none for a pool."""
    ballots = ballots_of(step)
    if step.mode == Mode.ALL:
        return tally.all_of(ballots)
    if step.mode == Mode.VOTE:
        return tally.vote(ballots, Fraction(step.quorum), Fraction(step.pass_share), closing=closing)
    return tally.any_of(ballots)


def ballots_of(step: Step) -> list[tally.Ballot]:
    """Each signer with the choice taken; an approval that stands from before counts as one."""
    chosen = dict(
        Decision.objects.filter(step=step, verb__in=("approve", "reject", "abstain"))
        .order_by("pk")
        .values_list("item_id", "verb")
    )
    counted = WorkItem.objects.filter(step=step, state__in=(WorkItem.State.OPEN, WorkItem.State.DONE))
    return [tally.Ballot(item.weight, _choice(item, chosen)) for item in counted]


def _choice(item: WorkItem, chosen: Mapping[int, str]) -> tally.Choice | None:
    verb = "approve" if item.origin == WorkItem.Origin.CARRIED else chosen.get(item.pk)
    return verb if verb in ("approve", "reject", "abstain") else None  # type: ignore[return-value]


def conclude(step: Step, outcome: str, *, by: Person | None, decision: Decision | None) -> None:
    """Close the step's open items and the step, mark Viewflow's task done and open what comes next."""
    moment = now()
    if step.mode != Mode.ONE or by is None:
        open_items = WorkItem.objects.filter(step=step, state=WorkItem.State.OPEN)
        open_items.update(state=WorkItem.State.CANCELLED, closed_at=moment)
    step.outcome, step.closed_at = outcome, moment
    step.save(update_fields=["outcome", "closed_at"])
    case = step.case
    case.moved_at = moment
    case.last_step = step
    activation = step.task.flow_task.activation_class(step.task)
    activation.step = step
    activation.take(by)
    activation.complete()
    activation.activate_next()
    case.save(update_fields=["moved_at", "standing", "state", "closed_at", "content_digest"])
    if decision is not None:
        telling.moved(case, decision)


def stop(case: Case, step: Step, outcome: str, standing: str) -> None:
    """End the whole case at its open step (withdrawn): Viewflow's task and process are cancelled."""
    moment = now()
    WorkItem.objects.filter(step=step, state=WorkItem.State.OPEN).update(
        state=WorkItem.State.CANCELLED, closed_at=moment
    )
    step.outcome, step.closed_at = outcome, moment
    step.save(update_fields=["outcome", "closed_at"])
    step.task.flow_task.flow_class.instance.cancel(case.process)
    close(case, standing)
    case.save(update_fields=["moved_at", "standing", "state", "closed_at"])


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
