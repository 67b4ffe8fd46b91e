"""The way of a re-verification: the year reported and verified; if short, reviewed. A table of contents."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow

from innovation.reverification import course
from workflows.engine.locking import case_lock
from workflows.engine.nodes import Act, CaseEnd, Gate, HumanStep
from workflows.organisation.models import Role, UnitKind


class ReverificationFlow(flow.Flow):
    """Re-verification"""

    lock_impl = case_lock

    file = flow.StartHandle().Annotation(title=_("A year has passed")).Next(this.report)
    report = HumanStep(_("Report the year"), people=this.owner, deciding=False, mendable=False, escalates=True).Next(
        this.finance_check
    )
    finance_check = HumanStep(
        _("Finance verifies the year"), role=Role.FINANCE_VERIFIER, level=UnitKind.WORKSHOP, mendable=False
    ).Next(this.book)
    book = Act(this.do_book).Annotation(title=_("Book the year")).Next(this.enough)
    enough = Gate(this.is_enough).Then(this.held).Else(this.awarded)
    awarded = Gate(this.has_award).Then(this.review).Else(this.short)

    review = (
        HumanStep(
            _("Review: take the award back?"), role=Role.WORKSHOP_REVIEWER, level=UnitKind.WORKSHOP, mendable=False
        )
        .Next(this.claw_back)
        .Rejected(this.keep)
    )
    claw_back = Act(this.do_claw_back).Annotation(title=_("Claw back")).Next(this.clawed_back)
    keep = Act(this.do_keep).Annotation(title=_("Keep the award")).Next(this.kept)

    held = CaseEnd(_("Effect held"), standing="held")
    short = CaseEnd(_("Short, nothing to take back"), standing="short")
    kept = CaseEnd(_("Short, award kept"), standing="kept")
    clawed_back = CaseEnd(_("Short, award taken back"), standing="clawed_back")

    def owner(self, case):
        return course.owner(case)

    def is_enough(self, activation):
        return course.is_enough(activation.process.case)

    def has_award(self, activation):
        return course.has_award(activation.process.case)

    def do_book(self, activation):
        course.book(activation.process.case)

    def do_claw_back(self, activation):
        course.claw_back(activation.process.case)

    def do_keep(self, activation):
        course.keep(activation.process.case)
