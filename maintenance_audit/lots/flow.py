"""The way of a lot: frozen, committed, revealed, drawn, inspected tier by tier, decided. A table of contents."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from viewflow import this
from viewflow.workflow import flow

from maintenance_audit.lots import course
from workflows.engine.locking import case_lock
from workflows.engine.nodes import Act, CaseEnd, Fork, Gate, HumanStep, Pause
from workflows.organisation.models import Role, UnitKind

WORK: dict[str, Any] = {"deciding": False, "mendable": False}
LEAD: dict[str, Any] = WORK | {"role": Role.AUDIT_LEAD, "level": UnitKind.WORKSHOP}
UNION: dict[str, Any] = WORK | {"role": Role.UNION_REPRESENTATIVE, "level": UnitKind.WORKSHOP}


class LotFlow(flow.Flow):
    """Lot and draw"""

    lock_impl = case_lock

    file = flow.StartHandle().Annotation(title=_("Lot opened")).Next(this.freezing)
    freezing = HumanStep(_("Freeze the lot"), **LEAD).Next(this.freeze)
    freeze = Act(this.do_freeze).Annotation(title=_("Fix jobs, inspectors and plan")).Next(this.any_job)
    any_job = Gate(this.has_jobs).Then(this.lead_commitment).Else(this.void)

    lead_commitment = HumanStep(_("Audit lead commits"), **LEAD).Next(this.keep_lead)
    keep_lead = Act(this.stands).Annotation(title=_("What was handed in stands")).Next(this.contractor_commitment)
    contractor_commitment = (
        HumanStep(_("Contractor commits"), role=Role.CONTRACTOR, at=this.contractor, **WORK)
        .Next(this.keep_contractor)
        .Lapses(this.withhold)
    )
    keep_contractor = Act(this.stands).Annotation(title=_("What was handed in stands")).Next(this.workshop_commitment)
    workshop_commitment = (
        HumanStep(_("Workshop commits"), held=this.workshop_party, **WORK)
        .Next(this.keep_workshop)
        .Lapses(this.withhold)
    )
    keep_workshop = Act(this.stands).Annotation(title=_("What was handed in stands")).Next(this.union_commitment)
    union_commitment = HumanStep(_("Union commits"), **UNION).Next(this.commit).Lapses(this.withhold)
    commit = Act(this.do_commit).Annotation(title=_("All have committed")).Next(this.reveals)

    reveals = Gate(this.may_still_reveal).Then(this.contractor_reveal).Else(this.drawing)
    contractor_reveal = (
        HumanStep(_("Contractor reveals"), role=Role.CONTRACTOR, at=this.contractor, **WORK)
        .Next(this.show_contractor)
        .Lapses(this.withhold)
    )
    show_contractor = Act(this.stands).Annotation(title=_("What was revealed stands")).Next(this.workshop_reveal)
    workshop_reveal = (
        HumanStep(_("Workshop reveals"), held=this.workshop_party, **WORK)
        .Next(this.show_workshop)
        .Lapses(this.withhold)
    )
    show_workshop = Act(this.stands).Annotation(title=_("What was revealed stands")).Next(this.union_reveal)
    union_reveal = HumanStep(_("Union reveals"), **UNION).Next(this.reveal).Lapses(this.withhold)
    reveal = Act(this.do_reveal).Annotation(title=_("All have revealed")).Next(this.drawing)

    withhold = Act(this.do_withhold).Annotation(title=_("A party withheld")).Next(this.after_withholding)
    after_withholding = Gate(this.runs_again).Then(this.lead_commitment).Else(this.drawing)

    drawing = HumanStep(_("Draw"), **LEAD).Next(this.draw)
    draw = Act(this.do_draw).Annotation(title=_("Draw jobs and inspectors")).Next(this.anything_drawn)
    anything_drawn = Gate(this.has_drawn).Then(this.inspecting).Else(this.annul)
    annul = Act(this.do_annul).Annotation(title=_("Every job was withdrawn")).Next(this.void)
    inspecting = Pause(_("Being inspected"), until=this.no_clock).Next(this.next_tier)
    next_tier = Fork().Case(this.reveals, this.goes_up).Default(this.decision)

    decision = HumanStep(_("Decide the lot"), **LEAD).Next(this.decide)
    decide = Act(this.do_decide).Annotation(title=_("Decide, switch, release")).Next(this.decided)

    decided = CaseEnd(pgettext_lazy("lot", "Decided"), standing="decided")
    void = CaseEnd(pgettext_lazy("lot", "Void"), standing="void")

    def contractor(self, case):
        return case.lot.contractor

    def workshop_party(self, case):
        return course.workshop_party(case)

    def stands(self, activation):
        """A machine step behind a party's word: it is not taken back."""

    def do_freeze(self, activation):
        course.freeze(activation.process.case)

    def has_jobs(self, activation):
        return course.has_jobs(activation.process.case)

    def do_commit(self, activation):
        course.commit(activation.process.case)

    def may_still_reveal(self, activation):
        return course.may_still_reveal(activation.process.case)

    def do_reveal(self, activation):
        course.reveal(activation.process.case)

    def do_withhold(self, activation):
        course.withhold(activation.process.case)

    def runs_again(self, activation):
        return course.runs_again(activation.process.case)

    def do_draw(self, activation):
        course.draw(activation.process.case)

    def has_drawn(self, activation):
        return course.has_drawn(activation.process.case)

    def do_annul(self, activation):
        course.annul(activation.process.case)

    def no_clock(self, case):
        return None

    def goes_up(self, activation):
        return course.goes_up(activation.process.case)

    def do_decide(self, activation):
        course.decide(activation.process.case)
