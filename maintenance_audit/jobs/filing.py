"""A job is asked for: on what, for which failure, by whom, what is to be done."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maintenance_audit.jobs import claims
from maintenance_audit.jobs.fields import AmountField, EquipmentField
from maintenance_audit.jobs.models import Job, Part
from maintenance_audit.register.models import Equipment, FailureCode, WorkKind
from workflows.engine.filing import FilingForm
from workflows.engine.models import Case
from workflows.engine.work_forms import AreaField, PhotosField, TextField
from workflows.ledger.clock import now
from workflows.organisation.models import Unit, UnitKind

FILED = ("title", "scope", "equipment", "failure_code", "work_kind", "hidden_work", "estimate")


class RequestForm(FilingForm):
    """Whose equipment it is says whose job it is; who asks for it may be another team."""

    row: Any = Job
    heading = _("Ask for an outsourced job")
    button = _("Send the request")
    begins_with = ("equipment",)

    title = forms.CharField(label=_("What has to be done"), max_length=120)
    equipment = EquipmentField(label=_("Equipment"), help_text=_("Tag, or a part of its name"))
    failure_code = forms.ModelChoiceField(
        label=_("Failure"), queryset=FailureCode.objects.none(), required=False, empty_label=_("No failure code")
    )
    work_kind = forms.ModelChoiceField(
        label=_("Kind of work"), queryset=WorkKind.objects.none(), empty_label=_("choose")
    )
    unit = AreaField(label=_("Requesting unit"))
    scope = TextField(label=_("Scope of work"), rows=4, required=False)
    hidden_work = forms.BooleanField(
        label=_("Hidden work"), required=False,
        help_text=_("What will be covered is photographed before, or the job does not move on."),
    )  # fmt: skip
    estimate = AmountField(label=_("Estimate (¥)"), required=False)
    photos = PhotosField(label=_("Photos"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["equipment"].offer("equipment", self.person)  # type: ignore[attr-defined]
        for name, model in (("failure_code", FailureCode), ("work_kind", WorkKind)):
            kept = self.initial.get(name)
            in_use = Q(is_active=True) | Q(pk=kept.pk if kept else None)
            self.fields[name].queryset = model.objects.filter(in_use)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        equipment, unit = typed.get("equipment"), typed.get("unit")
        if equipment and unit and workshop_of(equipment) != workshop_of(unit):
            self.add_error("equipment", gettext("This equipment belongs to another workshop."))
        return typed

    def area(self) -> Unit:
        """A team of the equipment's section keeps its own job; anybody else's is the section's."""
        section, unit = section_of(self.cleaned_data["equipment"]), super().area()
        return unit if unit.path.startswith(section.path) else section

    def write(self, case: Case) -> None:
        typed, unit = self.cleaned_data, super().area()
        equipment, kind = typed["equipment"], typed["work_kind"]
        fields = {name: typed[name] for name in FILED}
        fields |= {"section": section_of(equipment), "template": claims.template_for(kind)}
        if self.case is not None:
            Job.objects.filter(case=case).update(**fields)
            case._state.fields_cache.pop("job", None)
            return
        team = unit if unit.kind == UnitKind.TEAM else None
        job = Job(
            case=case, number=case.number, workshop=workshop_of(equipment), team=team, received_at=now(), **fields
        )
        job.save(force_insert=True)
        job.take_part(self.person, Part.REQUESTER)
        job.request(by=self.person)

    def read(self, case: Case) -> dict[str, Any]:
        job = Job.objects.select_related("equipment", "failure_code", "work_kind").get(case=case)
        return {name: getattr(job, name) for name in FILED} | {"equipment": job.equipment.tag, "title": case.title}

    def texts(self) -> dict[str, str]:
        """The estimate and the equipment are part of what was decided on."""
        said = super().texts()
        return said | {"equipment": str(self.cleaned_data["equipment"])}


def section_of(equipment: Equipment) -> Unit:
    return equipment.unit.at_level(UnitKind.SECTION) or equipment.unit


def workshop_of(place: Equipment | Unit) -> Unit:
    unit = place.unit if isinstance(place, Equipment) else place
    return unit.at_level(UnitKind.WORKSHOP) or unit
