"""The two ways of this app: a record that one inspector seals, and a disagreement that is ruled."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from viewflow import this
from viewflow.workflow import flow

from maintenance_audit.inspections import course
from workflows.engine.locking import case_lock
from workflows.engine.nodes import Act, CaseEnd, HumanStep
from workflows.organisation.models import Role, UnitKind


class InspectionFlow(flow.Flow):
    """Inspection"""

    lock_impl = case_lock

    file = flow.StartHandle().Annotation(title=_("Drawn")).Next(this.recording)
    recording = HumanStep(
        _("Inspect and record"), people=this.inspector, deciding=False, personal=True, mendable=False
    ).Next(this.hand_in)
    hand_in = Act(this.do_hand_in).Annotation(title=_("Hand in, compare with the other form")).Next(this.sealed)
    sealed = CaseEnd(pgettext_lazy("inspection", "Sealed"), standing="sealed")

    def inspector(self, case):
        return [case.inspection.assignment.person]

    def do_hand_in(self, activation):
        course.hand_in(activation.process.case)


class AdjudicationFlow(flow.Flow):
    """Adjudication"""

    lock_impl = case_lock

    file = flow.StartHandle().Annotation(title=_("Two forms differ")).Next(this.ruling)
    ruling = HumanStep(
        _("Rule claim by claim"), role=Role.AUDIT_LEAD, level=UnitKind.WORKSHOP, deciding=False, mendable=False
    ).Next(this.conclude)
    conclude = Act(this.do_conclude).Annotation(title=_("Conclude the job")).Next(this.ruled)
    ruled = CaseEnd(pgettext_lazy("adjudication", "Ruled"), standing="ruled")

    def do_conclude(self, activation):
        course.conclude(activation.process.case)
