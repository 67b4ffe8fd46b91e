"""The three-level review of a proposal and what comes after it: a table of contents."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow

from innovation.proposals import course
from workflows.engine.locking import case_lock
from workflows.engine.nodes import Act, CaseEnd, Fork, Gate, HumanStep
from workflows.organisation.models import Role, UnitKind


class ProposalFlow(flow.Flow):
    """Innovation proposal"""

    lock_impl = case_lock

    file = flow.StartHandle().Annotation(title=_("Filed")).Next(this.enter)
    enter = (
        Fork()
        .Case(this.team_review, this.starts_at_team)
        .Case(this.section_review, this.starts_at_section)
        .Default(this.workshop_review)
    )
    revision = HumanStep(_("Mend and file again"), people=this.author, deciding=False, authors=True).Next(this.enter)

    team_review = (
        HumanStep(_("Team review"), role=Role.TEAM_LEADER, level=UnitKind.TEAM)
        .Next(this.team_authority)
        .Rejected(this.reject)
        .PassesUp(this.section_review)
    )
    team_authority = Gate(this.within_team).Then(this.accept).Else(this.section_review)
    section_review = (
        HumanStep(_("Section review"), role=Role.SECTION_CHIEF, level=UnitKind.SECTION, fresh=this.appealed)
        .Next(this.section_authority)
        .Rejected(this.reject)
        .PassesUp(this.workshop_review)
    )
    section_authority = Gate(this.within_section).Then(this.accept).Else(this.workshop_review)
    workshop_review = (
        HumanStep(_("Workshop review"), role=Role.WORKSHOP_REVIEWER, level=UnitKind.WORKSHOP, fresh=this.appealed)
        .Next(this.accept)
        .Rejected(this.reject)
    )

    reject = Act(this.mark_rejected).Undone(this.unmark_rejected).Annotation(title=_("Reject")).Next(this.appealable)
    appealable = Gate(this.may_appeal).Then(this.rejection).Else(this.rejected)
    rejection = (
        HumanStep(_("Rejected, may be appealed"), people=this.author, deciding=False)
        .Next(this.reopen)
        .Lapses(this.rejected)
    )
    reopen = Act(this.mark_reopened).Annotation(title=_("Appeal")).Next(this.appeal)
    appeal = (
        Fork()
        .Case(this.section_review, this.rejected_by_team)
        .Case(this.workshop_review, this.rejected_by_section)
        .Default(this.appeal_panel)
    )
    appeal_panel = (
        HumanStep(_("Appeal panel"), role=Role.WORKSHOP_REVIEWER, level=UnitKind.WORKSHOP, fresh=True)
        .Next(this.accept)
        .Rejected(this.reject)
    )

    accept = Act(this.mark_accepted).Undone(this.unmark_accepted).Annotation(title=_("Accept")).Next(this.arrangement)
    arrangement = HumanStep(_("Arrange implementation"), held=this.arranger, deciding=False, mendable=False).Next(
        this.implementation
    )
    implementation = HumanStep(
        _("Implementation"), people=this.implementer, due=this.implementation_due, deciding=False, mendable=False
    ).Next(this.effect_report)
    effect_report = HumanStep(_("Report the effect"), people=this.implementer, deciding=False, mendable=False).Next(
        this.effect_size
    )
    effect_size = Gate(this.needs_finance).Then(this.finance_check).Else(this.chief_check)
    finance_check = HumanStep(
        _("Finance verifies"), role=Role.FINANCE_VERIFIER, level=UnitKind.WORKSHOP, mendable=False
    ).Next(this.verify)
    chief_check = HumanStep(_("Chief verifies"), held=this.arranger, mendable=False).Next(this.verify)
    verify = Act(this.mark_verified).Annotation(title=_("Book the effect")).Next(this.verified)

    verified = CaseEnd(_("Effect verified"), standing="verified")
    rejected = CaseEnd(_("Rejected"), standing="rejected")

    def starts_at_team(self, activation):
        return course.starts_at(activation.process.case, "team")

    def starts_at_section(self, activation):
        return course.starts_at(activation.process.case, "section")

    def within_team(self, activation):
        return course.within(activation.process.case, "team")

    def within_section(self, activation):
        return course.within(activation.process.case, "section")

    def author(self, case):
        return course.authors(case)

    def implementer(self, case):
        return [case.proposal.implementer]

    def implementation_due(self, case):
        return course.implementation_due(case)

    def arranger(self, case):
        return course.arranger(case)

    def needs_finance(self, activation):
        return course.needs_finance(activation.process.case)

    def may_appeal(self, activation):
        return not course.appealed(activation.process.case)

    def appealed(self, case):
        return course.appealed(case)

    def rejected_by_team(self, activation):
        return course.rejected_by(activation.process.case, "team_review")

    def rejected_by_section(self, activation):
        return course.rejected_by(activation.process.case, "section_review")

    def mark_accepted(self, activation):
        course.accept(activation.process.case)

    def unmark_accepted(self, activation):
        course.unaccept(activation.process.case)

    def unmark_rejected(self, activation):
        course.unreject(activation.process.case)

    def mark_rejected(self, activation):
        course.reject(activation.process.case)

    def mark_reopened(self, activation):
        course.reopen(activation.process.case)

    def mark_verified(self, activation):
        course.verify(activation.process.case)
