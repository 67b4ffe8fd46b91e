"""Add a signer 加签 before, beside or after oneself; remove one 减签 who has not decided."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import gettext as _

from workflows.engine import concluding, telling
from workflows.engine.errors import BadMove
from workflows.engine.models import Decision, WorkItem
from workflows.engine.verbs.handing import Handing
from workflows.ledger.clock import now
from workflows.organisation.models import Person

Where = Literal["before", "beside", "after"]
UNDECIDED = (WorkItem.State.OPEN, WorkItem.State.PARKED)


class Signers(Handing):
    def add_signer(self, person: Person, where: Where, reason: str = "") -> Decision:
        """Before: they decide first and the task comes back. Beside: both decide. After: they decide once I have."""
        self._not_asked_only()
        if not self.node.deciding:
            raise BadMove(_("This step is work to be done; there is nothing to sign."))
        if where not in ("before", "beside", "after"):
            raise BadMove(_("Pick before, beside or after."), field="where")
        if self.item.origin == WorkItem.Origin.ESCALATED and where != "before":
            raise BadMove(_("It was escalated to you, who decide alone; let somebody sign before you."), field="where")
        self._may_take_part(person)
        self._keep()
        added = self._seat(person, WorkItem.Origin.ADDED, after=self.item if where == "after" else None)
        if where == "before":
            self._park(added)
        decision = self._note("add_signer", reason, {"to": person.employee_no, "where": where})
        if where != "after":
            telling.waiting(self.case, self.step, [person], round=f"decision:{decision.pk}")
        return decision

    def remove_signer(self, item_id: int, reason: str = "") -> Decision:
        """Take an added signer out again who has not decided; if only they were missing, the step is decided."""
        self._not_asked_only()
        found = WorkItem.objects.select_related("person", "after").exclude(pk=self.item.pk)
        added = found.filter(pk=item_id, step=self.step).first()
        if added is None or added.origin != WorkItem.Origin.ADDED or added.state not in UNDECIDED:
            raise BadMove(_("Only an added signer who has not decided can be removed."), field="item")
        assert added.person is not None
        decision = self._note("remove_signer", reason, {"from": added.person.employee_no})
        added.state, added.closed_at = WorkItem.State.CANCELLED, now()
        added.save(update_fields=["state", "closed_at"])
        self._unasked(added)
        concluding.follow(added)
        concluding.settle(self.step, concluding.verdict_of(self.step), by=self.actor, decision=decision)
        return decision

    def _unasked(self, removed: WorkItem) -> None:
        """Nobody waits any more for the opinion that the removed one had asked for."""
        asked = removed.after
        if asked is not None and asked.origin == WorkItem.Origin.CONSULTED and asked.state == WorkItem.State.OPEN:
            asked.state, asked.closed_at = WorkItem.State.CANCELLED, now()
            asked.save(update_fields=["state", "closed_at"])
