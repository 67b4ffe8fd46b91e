"""Complete: a piece of work at a step is done (mending, planning, implementing)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from workflows.engine.concluding import conclude
from workflows.engine.errors import BadMove
from workflows.engine.models import Decision
from workflows.engine.models.step import Outcome
from workflows.engine.verbs.handing import Handing


class Completing(Handing):
    def complete(self, note: str = "", data: dict[str, Any] | None = None, verb: str = "done") -> Decision:
        if self.node.deciding:
            raise BadMove(_("This step asks for your opinion: approve, return or reject."))
        self._not_asked_only()
        decision = self._decide(verb, note.strip(), data)
        conclude(self.step, Outcome.DONE, by=self.actor, decision=decision)
        return decision
