"""The way of an objection: filed, decided by a panel that has not voted before, upheld or dismissed."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow

from innovation.objections import course
from workflows.engine.locking import case_lock
from workflows.engine.nodes import Act, CaseEnd, HumanStep
from workflows.organisation.models import Role, UnitKind


class ObjectionFlow(flow.Flow):
    """Objection to an award"""

    lock_impl = case_lock

    file = flow.StartHandle().Annotation(title=_("Objected")).Next(this.panel)
    panel = (
        HumanStep(_("Decide the objection"), role=Role.WORKSHOP_REVIEWER, level=UnitKind.WORKSHOP)
        .Next(this.uphold)
        .Rejected(this.dismiss)
    )
    revision = HumanStep(_("Say more"), people=this.objector, deciding=False, authors=True).Next(this.panel)

    uphold = Act(this.do_uphold).Annotation(title=_("Void the award")).Next(this.upheld)
    dismiss = Act(this.do_dismiss).Annotation(title=_("Let the award go")).Next(this.dismissed)
    upheld = CaseEnd(_("Upheld"), standing="upheld")
    dismissed = CaseEnd(_("Dismissed"), standing="dismissed")

    def objector(self, case):
        return [case.author]

    def do_uphold(self, activation):
        course.uphold(activation.process.case)

    def do_dismiss(self, activation):
        course.dismiss(activation.process.case)
