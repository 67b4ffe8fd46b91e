"""What the verbs share: whose turn it is, and closing one's own item with a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from viewflow.workflow.status import STATUS

from workflows.engine import recording
from workflows.engine.models import Case, Decision, Step, WorkItem
from workflows.ledger.clock import now
from workflows.organisation.models import Person
from workflows.store.gathering import change

if TYPE_CHECKING:
    from workflows.engine.kinds import CaseKind
    from workflows.engine.nodes import HumanStep


class Acting:
    """State of a turn; see `turn.turn`, which makes it."""

    actor: Person
    item: WorkItem
    step: Step
    case: Case
    kind: CaseKind
    node: HumanStep
    token: UUID | None
    principal: Person | None  # whom the actor stands in for

    @property
    def seat(self) -> Person:
        """Whose part this is: the actor's own, or that of the absent colleague they stand in for."""
        return self.principal or self.actor

    def _decide(self, verb: str, reason: str = "", data: dict[str, Any] | None = None) -> Decision:
        """Record the decision and close the actor's item; an unclaimed item is thereby claimed."""
        decision = recording.record(
            case=self.case,
            step=self.step,
            item=self.item,
            actor=self.actor,
            on_behalf_of=self.principal,
            verb=verb,
            reason=reason,
            role=self.item.role,
            data=data,
            token=self.token,
        )
        # A substitute decides in the principal's seat: the item stays the principal's, the record names both.
        self.item.person = self.seat
        self.item.state, self.item.closed_at = WorkItem.State.DONE, now()
        self.item.claimed_at = self.item.claimed_at or self.item.closed_at
        change(self.item, "person", "state", "closed_at", "claimed_at")
        return decision

    def _hold_in_viewflow(self, person: Person) -> None:
        """Viewflow's own task follows, so that its lists name the right owner."""
        task = self.step.task
        task.owner, task.status = person, STATUS.ASSIGNED
        change(task, "owner", "status")
