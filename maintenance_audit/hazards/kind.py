"""What the engine asks about hazards."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maintenance_audit.hazards import forms
from maintenance_audit.hazards.flow import HazardFlow
from maintenance_audit.hazards.models import Hazard
from maintenance_audit.hazards.rules import HazardRules, step_rule
from workflows.engine import kinds
from workflows.engine.kinds import CaseKind
from workflows.engine.row_pages import row_of
from workflows.engine.schema_rules import rules_of
from workflows.engine.work_forms import AppealForm


def register() -> None:
    kinds.register(
        CaseKind(
            name="hazard",
            label=_("Hazards"),
            prefix="YH",
            flow=HazardFlow,
            step_rule=step_rule,
            **rules_of(HazardRules),
            **row_of(Hazard, category="severity"),
            stations={
                "file": pgettext_lazy("station", "Report"),
                "section_assignment": _("Assign"),
                "rectification": _("Rectify"),
                "section_verification": pgettext_lazy("station", "Check"),
            },
            stands_at={
                "workshop_assignment": "section_assignment",
                "workshop_verification": "section_verification",
            },
            standings={
                "": (_("Under way"), "waiting"),
                "closed": (_("Rectified and closed"), "accepted"),
                "rejected": (_("Not a hazard"), "none"),
                "withdrawn": (_("Withdrawn"), "none"),
            },
            content_template="hazards/_content.html",
            forms={
                "revision": forms.ReportForm,
                "section_assignment": forms.AssignmentForm,
                "workshop_assignment": forms.AssignmentForm,
                "rejection": AppealForm,
                "rectification": forms.RectificationForm,
            },
            consequence=lambda case, step: _("Passed, close it"),
            may_withdraw=lambda case: case.hazard.responsible_id is None,  # type: ignore[attr-defined]
            filing=forms.ReportForm,
        )
    )
