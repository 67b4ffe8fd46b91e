"""What is typed: the report, the assignment, what was done."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from maintenance_audit.hazards.models import Hazard, Severity
from maintenance_audit.hazards.rules import grade_of
from workflows.engine.filing import FilingForm
from workflows.engine.turn import Turn
from workflows.engine.work_forms import AreaField, DayField, EvidenceForm, PhotosField, Pick, TextField, WorkForm
from workflows.organisation.forms.profile import ColleagueField


class ReportForm(FilingForm):
    row = Hazard
    heading = _("Report a hazard")
    button = _("Report it")
    begins_with = ("place", "unit")
    photos_needed = _("Take a photo of it, so that whoever comes sees what you saw.")

    photos = PhotosField(label=_("Photos"), required=False)
    title = forms.CharField(label=_("What is dangerous"), max_length=120)
    severity = forms.ChoiceField(label=_("How grave"), choices=Severity, initial=Severity.GENERAL, widget=Pick)
    unit = AreaField(label=_("Whose area"))
    place = forms.CharField(label=_("Where exactly"), max_length=120)
    danger = TextField(label=_("What could happen"), required=False)


class AssignmentForm(WorkForm):
    heading = _("Who rectifies it, how and until when")
    button = said = _("Assign it")

    responsible = ColleagueField(label=_("Responsible"), help_text=_("Employee number or full name"))
    standard = TextField(label=_("Standard: when is it right"), rows=2)
    measure = TextField(label=_("Measure: what to do, what to do meanwhile"))
    due = DayField(label=_("To be done by"), within=lambda case: grade_of(case).rectify_hours)

    def save(self, held: Turn) -> None:
        held.case.hazard.assign(**self.cleaned_data)  # type: ignore[attr-defined]
        held.approve(self.cleaned_data["measure"], data=self.recorded)


class RectificationForm(EvidenceForm):
    relation, purpose = "rectifier", "after"
    button = said = _("Rectified")
