"""Complete: a piece of work at a step is done (mending, planning, implementing)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from workflows.engine.concluding import conclude
from workflows.engine.errors import BadMove
from workflows.engine.models import Decision, WorkItem
from workflows.engine.models.step import Mode, Outcome
from workflows.engine.verbs.handing import Handing


class Completing(Handing):
    def complete(self, note: str = "", data: dict[str, Any] | None = None, verb: str = "done") -> Decision:
        if self.node.deciding:
            raise BadMove(_("This step asks for your opinion: approve, return or reject."))
        self._not_asked_only()
        decision = self._decide(verb, note.strip(), data)
        if self.step.mode != Mode.EACH or not self._others_are_out():
            conclude(self.step, Outcome.DONE, by=self.actor, decision=decision)
        return decision

    def _others_are_out(self) -> bool:
        waiting = WorkItem.objects.filter(step=self.step, state=WorkItem.State.OPEN)
        return waiting.exclude(pk=self.item.pk).exists()
