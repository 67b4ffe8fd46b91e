"""What is typed on the way of a job, step by step."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maintenance_audit.jobs import claims, course, people
from maintenance_audit.jobs.fields import AmountField, Counter
from maintenance_audit.jobs.models import Job, Part
from maintenance_audit.jobs.rules import rules_of
from maintenance_audit.register.models import Contractor, Tolerance
from workflows.engine.errors import BadMove
from workflows.engine.turn import Turn
from workflows.engine.work_forms import DayField, PhotosField, TextField, WorkForm, keep_photos
from workflows.ledger.clock import now
from workflows.organisation.forms.profile import ColleagueField

LARGEST = Decimal(1_000_000)


class JobForm(WorkForm):
    @property
    def job(self) -> Job:
        return course.job_of(self.case)


class FirmField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj)


class DispatchForm(JobForm):
    heading = _("Who does it, who watches over it, and when")
    button = said = _("Dispatch")

    contractor = FirmField(label=_("Contractor"), queryset=Contractor.objects.none(), empty_label=_("Pick one"))
    supervisor = ColleagueField(label=_("Site supervisor"), help_text=_("Employee number or full name"))
    planned_start = DayField(label=_("Begins"))
    planned_end = DayField(label=_("Ends"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        firms = Contractor.objects.visible_to(self.person).active().select_related("unit")
        self.fields["contractor"].queryset = firms  # type: ignore[attr-defined]

    def clean_contractor(self) -> Contractor:
        firm: Contractor = self.cleaned_data["contractor"]
        if firm.valid_until is not None and firm.valid_until < timezone.localdate(now()):
            said = gettext("The licence of this contractor ended on %(day)s.")
            raise forms.ValidationError(said % {"day": firm.valid_until.isoformat()})
        return firm

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = typed.get("planned_start"), typed.get("planned_end")
        if start and end and end < start:
            self.add_error("planned_end", gettext("It cannot end before it begins."))
        return typed

    def save(self, held: Turn) -> None:
        typed, job = self.cleaned_data, course.job_of(held.case)
        firm, supervisor = typed["contractor"], typed["supervisor"]
        job.dispatch(
            by=held.actor, contractor=firm.unit, supervisor=supervisor,
            planned_start=typed["planned_start"], planned_end=typed["planned_end"],
        )  # fmt: skip
        people.take_part(job, (held.actor, held.seat), Part.DISPATCHER)
        people.take_part(job, [supervisor], Part.SUPERVISOR)
        held.complete(data=self.recorded | {"contractor": firm.unit.code})


class StartForm(JobForm):
    heading = _("Before the work begins")
    explanation = _("Isolated, permits at hand, everybody instructed.")
    button = said = _("Begin the work")

    permits = TextField(
        label=_("Permits and isolation"), rows=2, help_text=_("Hot work, confined space, height: kind and number")
    )

    def save(self, held: Turn) -> None:
        course.job_of(held.case).start(by=held.actor, permits=self.cleaned_data["permits"])
        held.complete(self.cleaned_data["permits"])


class HiddenWorkForm(JobForm):
    heading = _("What will be covered")
    explanation = _("Without a photo nothing is covered, and the job does not move on.")
    button = said = _("Photographed, it may be covered")

    photos = PhotosField(label=_("Photos before it is covered"), error_messages={"required": _("Show how it is now.")})
    note = TextField(label=_("What they show"), rows=2, required=False)

    def save(self, held: Turn) -> None:
        kept = keep_photos(held, self.cleaned_data["photos"], purpose="before")
        course.job_of(held.case).show_hidden_work(by=held.actor, documents=kept)
        held.complete(self.cleaned_data["note"], data={"documents": kept})


class CompletionForm(JobForm):
    """One field a claim of the pinned template: a number where something is counted, words where it is judged."""

    heading = _("What was done, as you claim it")
    explanation = _("It may be drawn and checked. Say what is true; what you claim now is compared with what is found.")
    button = said = _("Completed, hand the claims in")

    def __init__(self, *args: Any, **options: Any) -> None:
        self.items: list[Any] = []
        super().__init__(*args, **options)
        self.items = claims.items_of(self.job)
        for item in self.items:
            self.fields[f"claim_{item.key}"] = claim_field(item)
        self.fields["photos"] = PhotosField(label=_("Photos of the finished work and of old parts"), required=False)
        self.fields["note"] = TextField(label=_("Anything else"), rows=2, required=False)
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "form-control")
            field.error_messages["required"] = gettext("This has to be filled in.")

    @property
    def claimed(self) -> list[claims.Claimed]:
        said = [(item, self.cleaned_data.get(f"claim_{item.key}")) for item in self.items]
        return [
            claims.Claimed(item, value=value) if claims.is_counted(item) else claims.Claimed(item, said=value or "")
            for item, value in said
        ]

    def save(self, held: Turn) -> None:
        kept = keep_photos(held, self.cleaned_data["photos"], purpose="evidence")
        job = course.job_of(held.case)
        filed = claims.file(job, self.claimed)
        job.complete(by=held.actor, claims=claims.sworn(filed), hours=claims.hours_of(filed), documents=kept)
        for person in {held.actor, held.seat}:
            people.concern(held.case, person, people.CONTRACTOR, recused=False)  # the firm may have to do it again
        held.complete(self.cleaned_data["note"], data={"documents": kept, "claims": claims.sworn(filed)})


def claim_field(item: Any) -> forms.Field:
    leeway = claims.leeway(item)
    if not claims.is_counted(item):
        return forms.CharField(label=item.label, max_length=400, required=item.required, help_text=leeway)
    whole = item.tolerance == Tolerance.EXACT
    return forms.DecimalField(
        label=item.label, required=item.required, min_value=0, max_value=LARGEST, max_digits=12, decimal_places=3,
        help_text=leeway, widget=Counter(measure=item.measure, step="1" if whole else "any"),
    )  # fmt: skip


class SettlementForm(JobForm):
    heading = _("Settle")
    button = said = _("Settle")

    amount = AmountField(label=_("Amount (¥)"))

    def save(self, held: Turn) -> None:
        job = course.job_of(held.case)
        Job.objects.locked(job.pk)
        _is_time(job)
        people.take_part(job, (held.actor, held.seat), Part.SETTLER)
        job.settle(by=held.actor, amount=self.cleaned_data["amount"])
        held.complete(data=self.recorded)


def _is_time(job: Job) -> None:
    today = timezone.localdate(now())
    if rules_of(job.case).settling == "after_month" and today.replace(day=1) <= job.accepted_on.replace(day=1):  # type: ignore[union-attr]
        raise BadMove(gettext("By the rules it is settled from the month after acceptance on."))


FORMS: dict[str, Any] = {
    "dispatch": DispatchForm,
    "workshop_dispatch": DispatchForm,
    "start": StartForm,
    "hidden_work": HiddenWorkForm,
    "completion": CompletionForm,
    "settlement": SettlementForm,
    "workshop_settlement": SettlementForm,
}
