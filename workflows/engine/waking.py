"""A pause that ends because something else has come about, before its moment or without one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.engine import at_hand, recording
from workflows.engine.concluding import conclude
from workflows.engine.locking import locked_by_step
from workflows.engine.models import Case, Step
from workflows.engine.models.step import Mode, Outcome


def wake(case_id: int, node: str, *, why: Mapping[str, Any]) -> bool:
    """Let a case that pauses at `node` go on. Safe to call twice, and beside others: the case is locked and looked at
    again. Returns whether it went on; a held case stands still. `why` is recorded.

    Called by what another case has brought about, inside its transaction: whoever holds this case's lock must not wait
    for that one's.
    """
    step_id = Step.objects.filter(case=case_id, node=node, closed_at=None, mode=Mode.PAUSE).values_list("pk", flat=True)
    found = step_id.first()
    if found is None:
        return False
    with locked_by_step(found) as writing:
        step = at_hand.step_at_hand(found, writing=writing)
        if step.closed_at is not None or step.case.state == Case.State.HELD:
            return False
        decision = recording.record(
            case=step.case, step=step, item=None, actor=None, verb="lapse", role=step.role, data=dict(why)
        )
        conclude(step, Outcome.LAPSED, by=None, decision=decision)
        return True
