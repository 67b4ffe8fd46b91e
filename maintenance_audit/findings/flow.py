"""The way of a finding: replied to, confirmed or withdrawn, put right, re-checked by somebody new, closed; what it held
is released by a recorded approval. A table of contents."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from viewflow import this
from viewflow.workflow import flow

from maintenance_audit.findings import course, seats
from workflows.engine.locking import case_lock
from workflows.engine.nodes import Act, CaseEnd, Gate, HumanStep
from workflows.organisation.models import Role, UnitKind


class FindingFlow(flow.Flow):
    """Finding"""

    lock_impl = case_lock

    file = flow.StartHandle().Annotation(title=pgettext_lazy("finding", "Found")).Next(this.secure)
    secure = Act(this.do_secure).Annotation(title=_("Tell whom it reaches, hold what is critical")).Next(this.reply)
    reply = (
        HumanStep(
            _("Right of reply"), role=Role.CONTRACTOR, at=this.firm, due=this.reply_due, deciding=False, mendable=False
        )
        .Next(this.confirmation)
        .Lapses(this.confirmation)
    )
    confirmation = (
        HumanStep(_("Confirm or withdraw"), role=Role.AUDIT_LEAD, level=UnitKind.WORKSHOP, mendable=False)
        .Next(this.order)
        .Rejected(this.withdraw)
    )
    withdraw = Act(this.do_withdraw).Annotation(title=_("Withdraw it, release what it held")).Next(this.withdrawn)
    order = Act(this.do_order).Annotation(title=_("Issue the rectification order")).Next(this.rectification)

    rectification = HumanStep(
        _("Rectify"), people=this.rectifier, due=this.rectify_due, by_days=True, deciding=False, mendable=False
    ).Next(this.recheck)
    recheck = (
        HumanStep(pgettext_lazy("finding", "Re-check"), held=this.recheckers, borrow=this.lenders, mendable=False)
        .Next(this.accept)
        .Rejected(this.reopen)
    )
    reopen = Act(this.do_reopen).Annotation(title=_("Reopen it")).Next(this.rectification)
    accept = Act(this.do_accept).Annotation(title=_("Close the finding")).Next(this.holds)
    holds = Gate(this.is_held).Then(this.release_request).Else(this.closed)

    release_request = HumanStep(
        _("Request the release"), people=this.planner, deciding=False, mendable=False, escalates=True
    ).Next(this.release_approval)
    release_approval = (
        HumanStep(_("Approve the release"), role=Role.WORKSHOP_REVIEWER, level=UnitKind.WORKSHOP, mendable=False)
        .Next(this.release)
        .Rejected(this.release_request)
    )
    release = Act(this.do_release).Annotation(title=_("Release the settlement")).Next(this.closed)

    closed = CaseEnd(_("Rectified and closed"), standing="closed")
    withdrawn = CaseEnd(pgettext_lazy("finding", "Withdrawn"), standing="dropped")

    def firm(self, case):
        return seats.firm(case)

    def rectifier(self, case):
        return seats.rectifier(case)

    def recheckers(self, case):
        return seats.recheckers(case)

    def lenders(self, case):
        return seats.lenders(case)

    def planner(self, case):
        return seats.planner(case)

    def reply_due(self, case):
        return course.reply_due(case)

    def rectify_due(self, case):
        return course.rectify_due(case)

    def is_held(self, activation):
        return course.is_held(activation.process.case)

    def do_secure(self, activation):
        course.secure(activation.process.case)

    def do_withdraw(self, activation):
        course.withdraw(activation.process.case)

    def do_order(self, activation):
        course.order(activation.process.case)

    def do_reopen(self, activation):
        course.reopen(activation.process.case)

    def do_accept(self, activation):
        course.accept(activation.process.case)

    def do_release(self, activation):
        course.release(activation.process.case)
