"""Hold 挂起: the case stops for a stated reason, and its clocks with it. Releasing is `beside.release_hold`."""

from __future__ import annotations

from django.utils.translation import gettext as _

from workflows.engine.concluding import reason_given
from workflows.engine.models import Case, Decision
from workflows.engine.verbs.handing import Handing
from workflows.ledger.clock import now


class Holding(Handing):
    def hold(self, reason: str) -> Decision:
        self._not_asked_only()
        why = reason_given(reason, _("Say what it waits for."))
        self._keep()
        decision = self._note("hold", why, {})
        self.case.state, self.case.held_at, self.case.held_reason = Case.State.HELD, now(), why[:200]
        self.case.save(update_fields=["state", "held_at", "held_reason"])
        return decision
