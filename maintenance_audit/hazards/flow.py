"""The way of a hazard: reported, assigned, rectified, verified. A table of contents."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow

from maintenance_audit.hazards.rules import grade_of
from workflows.engine.locking import case_lock
from workflows.engine.nodes import CaseEnd, Fork, HumanStep
from workflows.organisation.models import Role, UnitKind

SECTION: dict[str, Any] = {"role": Role.SECTION_CHIEF, "level": UnitKind.SECTION}
WORKSHOP: dict[str, Any] = {"role": Role.WORKSHOP_REVIEWER, "level": UnitKind.WORKSHOP}


class HazardFlow(flow.Flow):
    """Hazard rectification"""

    lock_impl = case_lock

    file = flow.StartHandle().Annotation(title=_("Reported")).Next(this.enter)
    enter = Fork().Case(this.section_assignment, this.is_for_section).Default(this.workshop_assignment)
    revision = HumanStep(_("Mend the report"), people=this.reporter, deciding=False, authors=True).Next(this.enter)

    section_assignment = (
        HumanStep(_("Assign"), **SECTION)
        .Next(this.rectification)
        .Rejected(this.rejection)
        .PassesUp(this.workshop_assignment)
    )
    rejection = (
        HumanStep(_("Not a hazard, may be appealed"), people=this.reporter, deciding=False)
        .Next(this.workshop_assignment)
        .Lapses(this.rejected)
    )
    workshop_assignment = (
        HumanStep(_("Assign at the workshop"), **WORKSHOP, fresh=True).Next(this.rectification).Rejected(this.rejected)
    )

    rectification = HumanStep(
        _("Rectify"), people=this.responsible, due=this.due, by_days=True, deciding=False, mendable=False
    ).Next(this.verify)
    verify = Fork().Case(this.section_verification, this.is_for_section).Default(this.workshop_verification)
    section_verification = (
        HumanStep(_("Re-check"), **SECTION, mendable=False).Next(this.closed).PassesUp(this.workshop_verification)
    )
    workshop_verification = HumanStep(_("Re-check at the workshop"), **WORKSHOP, mendable=False).Next(this.closed)

    closed = CaseEnd(_("Rectified and closed"), standing="closed")
    rejected = CaseEnd(_("Not a hazard"), standing="rejected")

    def is_for_section(self, activation):
        return grade_of(activation.process.case).level == "section"

    def reporter(self, case):
        return [case.author]

    def responsible(self, case):
        return [case.hazard.responsible]

    def due(self, case):
        return timezone.make_aware(datetime.combine(case.hazard.due, time(23, 59, 59)))
