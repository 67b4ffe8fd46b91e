"""Three approvals one after the other, as Viewflow's own documentation would have them: its views, its URLs.

Only the lock is not the default, because with that one a double submit runs the next step twice.
"""

from __future__ import annotations

from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.flow import views

from benchmarks.shipped.models import Review
from workflows.engine.locking import case_lock


def level(name: str) -> flow.View:
    """A step for whoever holds the role; which permission that is stands in the process's data."""
    step = flow.View(views.UpdateProcessView.as_view(fields=[name]))
    return step.Permission(lambda activation: activation.process.data["permissions"][name])


class ReviewFlow(flow.Flow):
    process_class = Review
    lock_impl = case_lock

    file = flow.StartHandle(this.begin).Next(this.team_review)
    team_review = level("team").Next(this.team_authority)
    team_authority = flow.If(lambda activation: False).Then(this.accepted).Else(this.section_review)
    section_review = level("section").Next(this.section_authority)
    section_authority = flow.If(lambda activation: False).Then(this.accepted).Else(this.workshop_review)
    workshop_review = level("workshop").Next(this.accept)
    accept = flow.Function(this.mark_accepted).Next(this.arrangement)
    arrangement = flow.View(views.UpdateProcessView.as_view(fields=[])).Permission("engine.named").Next(this.accepted)
    accepted = flow.End()

    def begin(self, activation, permissions):
        activation.process.data = {"permissions": permissions}
        return activation.process

    def mark_accepted(self, activation):
        """The business row is ours; Viewflow's flow has none."""
