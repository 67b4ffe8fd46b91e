"""Three approvals one after the other, as Viewflow's own documentation would have them: its views, its URLs.

Only the lock is not the default, because with that one a double submit runs the next step twice; and beside each
approval stands what the others write too: decision, ledger entry and outbox rows.
"""

from __future__ import annotations

from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.flow import views
from viewflow.workflow.lock import SelectForUpdateLock

from benchmarks.beside import Facts
from benchmarks.shipped.models import Review

REASON = "同意"


class ApproveView(views.UpdateProcessView):
    """The shipped view, under the lock and in the transaction that it holds already."""

    def form_valid(self, form):
        answer = super().form_valid(form)
        known, actor = self.object.data, self.request.user
        level = known["levels"][self.request.activation.flow_task.name]
        facts = Facts(**known["case"], node=self.request.activation.flow_task.name, **level["here"])
        decision = facts.decided(actor, REASON)
        facts.tell_holders(f"decision:{decision}:waiting", *level["next"])
        facts.tell_parties(decision, actor, REASON)
        return answer


def level(name: str) -> flow.View:
    """A step for whoever holds the role; which permission that is stands in the process's data."""
    step = flow.View(ApproveView.as_view(fields=[name]))
    return step.Permission(lambda activation: activation.process.data["levels"][f"{name}_review"]["permission"])


class ReviewFlow(flow.Flow):
    process_class = Review
    lock_impl = SelectForUpdateLock(nowait=False, attempts=1)

    file = flow.StartHandle(this.begin).Next(this.team_review)
    team_review = level("team").Next(this.team_authority)
    team_authority = flow.If(lambda activation: False).Then(this.accepted).Else(this.section_review)
    section_review = level("section").Next(this.section_authority)
    section_authority = flow.If(lambda activation: False).Then(this.accepted).Else(this.workshop_review)
    workshop_review = level("workshop").Next(this.accept)
    accept = flow.Function(this.mark_accepted).Next(this.arrangement)
    arrangement = flow.View(views.UpdateProcessView.as_view(fields=[])).Permission("engine.named").Next(this.accepted)
    accepted = flow.End()

    def begin(self, activation, case, levels):
        activation.process.data = {"case": case, "levels": levels}
        return activation.process

    def mark_accepted(self, activation):
        """The business row is ours; Viewflow's flow has none."""
