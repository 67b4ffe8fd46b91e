"""Claim 领取 and release 释放: take a pool's task, or give it back."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from viewflow.workflow.status import STATUS

from workflows.engine import recording
from workflows.engine.errors import BadMove
from workflows.engine.models import WorkItem
from workflows.engine.verbs.acting import Acting
from workflows.ledger.clock import now
from workflows.organisation.models import Person
from workflows.store.gathering import change


class Claiming(Acting):
    def claim(self) -> None:
        if self.item.person_id == self.seat.pk:
            return
        decision = recording.record(
            case=self.case,
            step=self.step,
            item=self.item,
            actor=self.actor,
            on_behalf_of=self.principal,
            verb="claim",
            role=self.item.role,
            token=self.token,
        )
        # One moment for both: a colleague who comes second is told the time that the record says.
        hand_over(self.item, self.seat, at=decision.decided_at)

    def release(self) -> None:
        if self.item.origin != WorkItem.Origin.POOL or self.item.person_id != self.seat.pk or not self.item.role:
            raise BadMove(_("This task was given to you by name; it cannot go back to a pool."))
        hand_over(self.item, None)
        recording.record(
            case=self.case,
            step=self.step,
            item=self.item,
            actor=self.actor,
            on_behalf_of=self.principal,
            verb="release",
            role=self.item.role,
            token=self.token,
        )


def hand_over(item: WorkItem, person: Person | None, *, at: datetime | None = None) -> None:
    """Give a pool's item to somebody or back to the pool; Viewflow's task follows."""
    item.person, item.claimed_at = person, (at or now()) if person else None
    change(item, "person", "claimed_at")
    task = item.step.task
    task.owner, task.status = person, STATUS.ASSIGNED if person else STATUS.NEW
    change(task, "owner", "status")
