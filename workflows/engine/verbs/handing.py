"""Hand a task on: transfer 转办, consult 委派 and the opinion that comes back."""

from __future__ import annotations

from django.utils.translation import gettext as _

from workflows.engine import independence, recording, telling, withholding
from workflows.engine.concluding import follow, reason_given
from workflows.engine.errors import BadMove, Recused
from workflows.engine.models import Decision, WorkItem
from workflows.engine.verbs.acting import Acting
from workflows.ledger.clock import now
from workflows.organisation.models import Person


class Handing(Acting):
    def transfer(self, person: Person, reason: str = "") -> Decision:
        """The task becomes somebody else's, by name; it does not come back."""
        self._not_asked_only()
        self._may_take_part(person)
        facts = {"from": self.actor.employee_no, "to": person.employee_no}
        decision = self._note("transfer", reason, facts)  # with the role by which it was held, and is no more
        self.item.person, self.item.claimed_at = person, now()
        if self.item.origin != WorkItem.Origin.ESCALATED:  # whoever takes that part over decides alone, too
            self.item.origin = WorkItem.Origin.GIVEN
        self.item.role, self.item.unit = "", None
        self.item.save(update_fields=["person", "claimed_at", "origin", "role", "unit"])
        self._hold_in_viewflow(person)
        telling.waiting(self.case, self.step, [person], round=f"decision:{decision.pk}")
        return decision

    def consult(self, person: Person, question: str) -> Decision:
        """Ask somebody for an opinion; meanwhile the task waits, then it is the asker's again."""
        self._not_asked_only()
        self._may_take_part(person)
        why = reason_given(question, _("Say what you want to know."))
        self._keep()
        asked = self._seat(person, WorkItem.Origin.CONSULTED)
        self._park(asked)
        decision = self._note("consult", why, {"to": person.employee_no})
        telling.waiting(self.case, self.step, [person], round=f"decision:{decision.pk}")
        return decision

    def advise(self, opinion: str) -> Decision:
        """Answer what one was asked; the asker decides."""
        if self.item.origin != WorkItem.Origin.CONSULTED:
            raise BadMove(_("Nobody asked for an opinion here; decide yourself."))
        decision = self._decide("advise", reason_given(opinion, _("Write your opinion.")))
        follow(self.item)
        return decision

    def _may_take_part(self, person: Person) -> None:
        if self.node.personal:
            raise BadMove(_("This part is yours alone; it cannot be handed on, and nobody can be drawn into it."))
        if not person.is_active:
            raise BadMove(_("This account is not in use."), field="person")
        if person.pk in (self.actor.pk, self.seat.pk):
            raise BadMove(_("Pick somebody else."), field="person")
        taken = WorkItem.objects.filter(step=self.step, person=person)
        if taken.exclude(state__in=(WorkItem.State.CANCELLED, WorkItem.State.RECUSED)).exists():
            raise BadMove(_("%(person)s has a part in this step already.") % {"person": person.name}, field="person")
        if why := independence.why_not(self.case, person, fresh=self.node.is_fresh(self.case)):
            raise BadMove(independence.words(why) % {"person": person.name}, field="person") from Recused(why)
        withholding.require_told(self.case, person)

    def _not_asked_only(self) -> None:
        """Whoever was only asked for an opinion has no task to hand on or to decide."""
        if self.item.origin == WorkItem.Origin.CONSULTED:
            raise BadMove(_("You were asked for an opinion; give it, and the task goes back."))

    def _keep(self) -> None:
        """Take a pool's task before others are drawn into it, or before it stops."""
        if self.item.person_id is None:
            self.item.person, self.item.claimed_at = self.seat, now()
            self.item.save(update_fields=["person", "claimed_at"])
            self._hold_in_viewflow(self.seat)

    def _seat(self, person: Person, origin: str, *, after: WorkItem | None = None) -> WorkItem:
        self.step.chained = True
        self.step.save(update_fields=["chained"])
        state = WorkItem.State.PARKED if after else WorkItem.State.OPEN
        return WorkItem.objects.create(
            step=self.step, case=self.case, person=person, origin=origin, state=state, after=after,
            opened_at=now(), due_at=self.step.due_at,
        )  # fmt: skip

    def _park(self, behind: WorkItem) -> None:
        self.item.state, self.item.after = WorkItem.State.PARKED, behind
        self.item.save(update_fields=["state", "after"])

    def _note(self, verb: str, reason: str, data: dict[str, str]) -> Decision:
        return recording.record(
            case=self.case, step=self.step, item=self.item, actor=self.actor, on_behalf_of=self.principal, verb=verb,
            reason=reason.strip(), role=self.item.role, data=data, token=self.token,
        )  # fmt: skip
