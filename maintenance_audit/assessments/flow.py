"""The way of a monthly check: scored by the checklist, answered, confirmed and published; what it found is put right
and looked at again. A table of contents."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow

from maintenance_audit.assessments import course, seats
from workflows.engine.locking import case_lock
from workflows.engine.nodes import Act, CaseEnd, Gate, HumanStep
from workflows.organisation.models import Role, UnitKind


class AssessmentFlow(flow.Flow):
    """Monthly check and assessment"""

    lock_impl = case_lock

    file = flow.StartHandle().Annotation(title=_("Planned by the calendar")).Next(this.scoring)
    scoring = HumanStep(
        _("Check and score"), role=Role.INSPECTOR, level=UnitKind.WORKSHOP, deciding=False, mendable=False
    ).Next(this.reply)
    reply = (
        HumanStep(
            _("Answer the score"), held=this.assessed, at=this.unit, due=this.reply_due, deciding=False, mendable=False
        )
        .Next(this.confirmation)
        .Lapses(this.confirmation)
    )
    confirmation = HumanStep(
        _("Confirm the score"), role=Role.AUDIT_LEAD, level=UnitKind.WORKSHOP, mendable=False, fresh=("scoring",)
    ).Next(this.publish)
    publish = Act(this.do_publish).Annotation(title=_("Publish the score and its effect")).Next(this.found)
    found = Gate(this.has_shortfalls).Then(this.rectification).Else(this.closed)
    rectification = HumanStep(
        _("Put the problems right"), held=this.assessed, at=this.unit, due=this.rectify_due, by_days=True,
        deciding=False, mendable=False,
    ).Next(this.verification)  # fmt: skip
    verification = (
        HumanStep(_("Check what was put right"), role=Role.INSPECTOR, level=UnitKind.WORKSHOP, mendable=False)
        .Next(this.settle)
        .Rejected(this.rectification)
    )
    settle = Act(this.do_settle).Annotation(title=_("Problems put right")).Next(this.closed)

    closed = CaseEnd(_("Assessed and put right"), standing="closed")

    def assessed(self, case):
        return seats.assessed(case)

    def unit(self, case):
        return seats.unit(case)

    def reply_due(self, case):
        return course.reply_due(case)

    def rectify_due(self, case):
        return course.rectify_due(case)

    def has_shortfalls(self, activation):
        return course.has_shortfalls(activation.process.case)

    def do_publish(self, activation):
        course.publish(activation.process.case)

    def do_settle(self, activation):
        course.settle(activation.process.case)
