"""Approve 同意, reject 驳回, and abstain 弃权 in a vote."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from workflows.engine import tally
from workflows.engine.concluding import follow, reason_given, settle, verdict_of
from workflows.engine.errors import BadMove
from workflows.engine.models import Decision, WorkItem
from workflows.engine.models.step import Mode
from workflows.engine.verbs.handing import Handing
from workflows.store.gathering import change


class Deciding(Handing):
    def approve(self, reason: str = "", data: dict[str, Any] | None = None) -> Decision:
        self._must_be_deciding()
        if data is None and self.asks_more:
            raise BadMove(_("This step asks for more than an approval; open it and fill in its form."))
        return self._vote("approve", reason.strip(), data)

    @property
    def asks_more(self) -> bool:
        """Does approving here need the kind's form? Whoever was added as a signer only agrees to what it says."""
        return self.node.name in self.kind.forms and self.item.origin != WorkItem.Origin.ADDED

    def reject(self, reason: str) -> Decision:
        self._must_be_deciding()
        if self.node._rejected is None:
            raise BadMove(_("This step cannot reject; return it with your reason."))
        return self._vote("reject", reason_given(reason, _("Say why it is rejected; the author will read it.")))

    def abstain(self, reason: str = "") -> Decision:
        self._must_be_deciding()
        if self.step.mode != Mode.VOTE:
            raise BadMove(_("Abstaining is for votes; approve, return or reject."))
        if self.item.origin == WorkItem.Origin.ESCALATED:
            raise BadMove(_("It was escalated to you because votes are missing: decide for or against."))
        return self._vote("abstain", reason.strip())

    def _must_be_deciding(self) -> None:
        if not self.node.deciding:
            raise BadMove(_("This step is work to be done, not an opinion to be given."))
        self._not_asked_only()

    def _vote(self, verb: str, reason: str, data: dict[str, Any] | None = None) -> Decision:
        decision = self._decide(verb, reason, data)
        follow(self.item)
        verdict = self._verdict(verb)
        settle(self.step, verdict, by=self.actor, decision=decision)
        if verdict is None:
            # One signature of several: the step goes on, and the author sees that the case has moved.
            self.case.moved_at = decision.decided_at
            change(self.case, "moved_at")
        return decision

    def _verdict(self, verb: str) -> tally.Verdict | None:
        """In a pool or an any-of step the one decision is the verdict; else the signers are counted.

        Whoever a step was escalated to decides it alone, in place of those still out.
        """
        if self.item.origin == WorkItem.Origin.ESCALATED:
            return "passed" if verb == "approve" else "failed"
        if self.step.mode in (Mode.ONE, Mode.ANY) and (verb == "reject" or not self.step.chained):
            return "passed" if verb == "approve" else "failed"
        return verdict_of(self.step)
