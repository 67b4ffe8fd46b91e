"""The way of a circle: registered, planned, done, checked, acted upon, presented, accepted. A table of contents."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from viewflow import this
from viewflow.workflow import flow

from maintenance_audit.circles import course
from workflows.engine.locking import case_lock
from workflows.engine.nodes import Act, CaseEnd, HumanStep
from workflows.organisation.models import Role, UnitKind

OURS: dict[str, Any] = {"people": this.leader, "deciding": False, "mendable": False}
THEIRS: dict[str, Any] = {"held": this.section, "mendable": False}


class CircleFlow(flow.Flow):
    """Quality circles"""

    lock_impl = case_lock

    file = flow.StartHandle().Annotation(title=pgettext_lazy("circle", "Registered")).Next(this.registration)
    registration = HumanStep(_("Register the theme"), held=this.section).Next(this.register).Rejected(this.declined)
    revision = HumanStep(_("Mend the registration"), people=this.author, deciding=False, authors=True).Next(
        this.registration
    )
    register = (
        Act(this.do_register)
        .Undone(this.do_unregister)
        .Annotation(title=_("Known to the workshop"))
        .Next(this.planning)
    )

    planning = HumanStep(pgettext_lazy("circle", "Plan"), **OURS).Next(this.planning_review)
    planning_review = HumanStep(_("The section's word on the plan"), **THEIRS).Next(this.doing)
    doing = HumanStep(pgettext_lazy("circle", "Do"), **OURS).Next(this.doing_review)
    doing_review = HumanStep(_("The section's word on what was done"), **THEIRS).Next(this.checking)
    checking = HumanStep(pgettext_lazy("circle", "Check"), **OURS).Next(this.checking_review)
    checking_review = HumanStep(_("The section's word on the check"), **THEIRS).Next(this.acting)
    acting = HumanStep(pgettext_lazy("circle", "Act"), **OURS).Next(this.acting_review)
    acting_review = HumanStep(_("The section's word on what stays"), **THEIRS).Next(this.presentation)

    presentation = (
        HumanStep(_("Presentation"), people=this.judges, deciding=False, personal=True, mendable=False)
        .Next(this.result)
        .Lapses(this.result)
    )
    result = (
        HumanStep(_("Accept the result"), role=Role.WORKSHOP_REVIEWER, level=UnitKind.WORKSHOP, mendable=False)
        .Next(this.accept)
        .Rejected(this.ended)
    )
    accept = Act(this.do_accept).Annotation(title=_("Count the result")).Next(this.accepted)

    accepted = CaseEnd(_("Result accepted"), standing="accepted")
    declined = CaseEnd(_("Not registered"), standing="declined")
    ended = CaseEnd(_("Ended without a result"), standing="ended")

    def section(self, case):
        return course.section(case)

    def author(self, case):
        return [case.author]

    def leader(self, case):
        return [case.circle.leader]

    def judges(self, case):
        return course.judges(case)

    def do_register(self, activation):
        course.register(activation.process.case)

    def do_unregister(self, activation):
        course.unregister(activation.process.case)

    def do_accept(self, activation):
        course.accept(activation.process.case)
