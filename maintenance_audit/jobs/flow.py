"""The way of a job: asked for, approved, dispatched, started, completed, accepted, settled. A table of contents."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from viewflow import this
from viewflow.workflow import flow

from maintenance_audit.jobs import course
from maintenance_audit.jobs.models import JobState
from workflows.engine.locking import case_lock
from workflows.engine.nodes import Act, CaseEnd, Fork, Gate, HumanStep, Pause
from workflows.organisation.models import Role, UnitKind

CHIEF: dict[str, Any] = {"role": Role.SECTION_CHIEF, "level": UnitKind.SECTION}
REVIEWER: dict[str, Any] = {"role": Role.WORKSHOP_REVIEWER, "level": UnitKind.WORKSHOP}
PLANNER: dict[str, Any] = {"role": Role.MAINTENANCE_PLANNER, "level": UnitKind.SECTION, "deciding": False}
WORKSHOP_PLANNER: dict[str, Any] = PLANNER | {"level": UnitKind.WORKSHOP}


class JobFlow(flow.Flow):
    """Outsourced job"""

    lock_impl = case_lock

    file = flow.StartHandle().Annotation(title=_("Asked for")).Next(this.enter)
    enter = (
        Fork()
        .Case(this.approval, this.is_requested)
        .Case(this.dispatch, this.is_approved)
        .Case(this.start, this.is_dispatched)
        .Case(this.hides, this.is_started)
        .Case(this.acceptance, this.is_completed)
        .Case(this.settlement, this.is_accepted)
        .Default(this.warranty)
    )
    revision = HumanStep(_("Mend the request"), people=this.requester, deciding=False, authors=True).Next(this.enter)

    approval = (
        HumanStep(_("Approve the job"), **CHIEF)
        .Next(this.approve)
        .Rejected(this.turn_down)
        .PassesUp(this.workshop_approval)
    )
    workshop_approval = (
        HumanStep(_("Approve the job at the workshop"), **REVIEWER).Next(this.approve).Rejected(this.turn_down)
    )
    approve = Act(this.do_approve).Annotation(title=_("Write down the approval")).Next(this.dispatch)
    turn_down = Act(this.do_turn_down).Annotation(title=_("Turn it down")).Next(this.rejected)

    dispatch = HumanStep(_("Dispatch"), **PLANNER).Next(this.call_firm).PassesUp(this.workshop_dispatch)
    workshop_dispatch = HumanStep(_("Dispatch at the workshop"), **WORKSHOP_PLANNER).Next(this.call_firm)
    call_firm = Act(this.do_call_firm).Annotation(title=_("Call the contractor")).Next(this.start)

    start = HumanStep(_("Begin, check the permits"), people=this.supervisor, due=this.start_by, deciding=False).Next(
        this.hides
    )
    hides = Gate(this.hides_work).Then(this.hidden_work).Else(this.completion)
    hidden_work = HumanStep(_("Photograph before it is covered"), people=this.supervisor, deciding=False).Next(
        this.completion
    )
    completion = HumanStep(
        _("Complete and claim"), role=Role.CONTRACTOR, at=this.firm, due=this.finish_by, deciding=False, mendable=False
    ).Next(this.acceptance)

    acceptance = (
        HumanStep(_("Accept the work"), **CHIEF, mendable=False)
        .Next(this.accept)
        .Rejected(this.refuse)
        .PassesUp(this.workshop_acceptance)
    )
    workshop_acceptance = (
        HumanStep(_("Accept the work at the workshop"), **REVIEWER, mendable=False)
        .Next(this.accept)
        .Rejected(this.refuse)
    )
    accept = Act(this.do_accept).Annotation(title=_("Write down the acceptance")).Next(this.settlement)
    refuse = Act(this.do_refuse).Annotation(title=_("Refuse the acceptance")).Next(this.completion)

    settlement = HumanStep(_("Settle"), **PLANNER).Next(this.note_settled).PassesUp(this.workshop_settlement)
    workshop_settlement = HumanStep(_("Settle at the workshop"), **WORKSHOP_PLANNER).Next(this.note_settled)
    note_settled = Act(this.do_note_settled).Annotation(title=_("Tell that it is settled")).Next(this.warranty)
    warranty = Pause(_("Warranty"), until=this.warranty_until).Next(this.close)
    close = Act(this.do_close).Annotation(title=_("End the warranty")).Next(this.closed)

    closed = CaseEnd(pgettext_lazy("job", "Warranty over"), standing="closed")
    rejected = CaseEnd(pgettext_lazy("job", "Turned down"), standing="rejected")

    def is_requested(self, activation):
        return course.stands_at(activation.process.case, JobState.REQUESTED)

    def is_approved(self, activation):
        return course.stands_at(activation.process.case, JobState.APPROVED)

    def is_dispatched(self, activation):
        return course.stands_at(activation.process.case, JobState.DISPATCHED)

    def is_started(self, activation):
        return course.stands_at(activation.process.case, JobState.STARTED)

    def is_completed(self, activation):
        return course.stands_at(activation.process.case, JobState.COMPLETED)

    def is_accepted(self, activation):
        return course.stands_at(activation.process.case, JobState.ACCEPTED)

    def requester(self, case):
        return [case.author]

    def supervisor(self, case):
        return course.supervisors(case)

    def firm(self, case):
        return course.firm(case)

    def start_by(self, case):
        return course.start_by(case)

    def finish_by(self, case):
        return course.finish_by(case)

    def warranty_until(self, case):
        return course.warranty_until(case)

    def hides_work(self, activation):
        return course.hides_work(activation.process.case)

    def do_approve(self, activation):
        course.approve(activation.process.case)

    def do_turn_down(self, activation):
        course.turn_down(activation.process.case)

    def do_call_firm(self, activation):
        course.call_firm(activation.process.case)

    def do_accept(self, activation):
        course.accept(activation.process.case)

    def do_refuse(self, activation):
        course.refuse(activation.process.case)

    def do_note_settled(self, activation):
        course.note_settled(activation.process.case)

    def do_close(self, activation):
        course.close(activation.process.case)
