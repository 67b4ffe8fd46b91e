"""What is typed in a monthly check: points lost by item with why and until when, the answer, what was put right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from maintenance_audit.assessments import course, seats
from maintenance_audit.assessments.models import Mark, Shortfall
from maintenance_audit.assessments.rules import Item, rules_of
from maintenance_audit.jobs.models import Job
from workflows.engine.turn import Turn
from workflows.engine.work_forms import PhotosField, Pick, TextField, WorkForm, keep_photos
from workflows.ledger.clock import now
from workflows.organisation.forms.plain import DateField

WHOLE = {"invalid": _("A whole number."), "min_value": _("Not less than %(limit_value)s."),
         "max_value": _("At most %(limit_value)s.")}  # fmt: skip
STANDS = (("accept", _("We accept the score")), ("contest", _("We contest it")))


@dataclass(frozen=True)
class Line:
    """One item of the checklist with its fields, for the template."""

    place: int
    item: Item
    fields: list[BoundField]
    lost: BoundField


class ScoringForm(WorkForm):
    heading = _("Check and score")
    explanation = _(
        "Only what is lost is written: the points, why, and until when it is put right. "
        "What is about a job becomes a finding of its own."
    )
    button = said = _("Hand in the score")
    template = "assessments/_scoring_form.html"

    note = TextField(label=_("How and where it was checked"), rows=2, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        row = seats.row_of(self.case)
        rules = rules_of(self.case)
        self.items = rules.contractors if row.is_of_contractor else rules.sections
        before = {mark.key: mark for mark in row.marks.select_related("job")}  # type: ignore[attr-defined]
        for place, item in enumerate(self.items, 1):
            self._add(place, item, before.get(item.key))
        self.dress()

    def _add(self, place: int, item: Item, before: Mark | None) -> None:
        look = forms.TextInput(attrs={"inputmode": "numeric", "class": "num-r"})
        self.fields[f"lost-{place}"] = forms.IntegerField(
            label=_("Points lost"),
            min_value=0,
            max_value=item.points,
            required=False,
            error_messages=WHOLE,
            widget=look,
        )
        self.fields[f"note-{place}"] = forms.CharField(
            label=_("Why, and where it was seen"), max_length=400, required=False
        )
        self.fields[f"due-{place}"] = DateField(label=_("Put right by"), required=False)
        self.fields[f"job-{place}"] = forms.CharField(
            label=_("Number of the job, if it is about one"), max_length=40, required=False
        )
        self.fields[f"photos-{place}"] = PhotosField(label=_("Photos"), required=False)
        due = before.due if before and before.due else course.default_due(self.case)
        self.initial.update({f"lost-{place}": before.lost if before else 0, f"due-{place}": due})
        if before:
            self.initial.update({f"note-{place}": before.note, f"job-{place}": before.job_number})

    def dress(self) -> None:
        """The fields of the checklist look like those that were there from the start."""
        for name, field in self.fields.items():
            if not isinstance(field, PhotosField) and "form-control" not in field.widget.attrs.get("class", ""):
                field.widget.attrs["class"] = f"{field.widget.attrs.get('class', '')} form-control".strip()
            if self.is_bound and name in self.errors:
                field.widget.attrs["class"] = f"{field.widget.attrs.get('class', '')} is-invalid".strip()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for place, _item in enumerate(self.items, 1):
            if cleaned.get(f"lost-{place}"):
                self._whole(place, cleaned)
        return cleaned

    def _whole(self, place: int, cleaned: dict[str, Any]) -> None:
        if not cleaned.get(f"note-{place}") and f"note-{place}" not in self.errors:
            self.add_error(f"note-{place}", _("Say why points are lost."))
        due: date | None = cleaned.get(f"due-{place}")
        if due is None and f"due-{place}" not in self.errors:
            self.add_error(f"due-{place}", _("Say until when it is put right."))
        elif due is not None and due < timezone.localdate(now()):
            self.add_error(f"due-{place}", _("That day has passed."))
        number = (cleaned.get(f"job-{place}") or "").strip()
        if number:
            cleaned[f"job-{place}"] = self._job(place, number)

    def _job(self, place: int, number: str) -> Job | None:
        """Of the workshop; of the firm where a firm is assessed, of the section where a section is."""
        row = seats.row_of(self.case)
        jobs = Job.objects.filter(workshop=row.workshop)
        jobs = jobs.filter(contractor=row.unit) if row.is_of_contractor else jobs.filter(section=row.unit)
        found = jobs.filter(number=number).first()
        if found is None:
            words = gettext("%(unit)s has no job %(number)s here.") % {"unit": row.unit.name, "number": number}
            self.add_error(f"job-{place}", words)
        return found

    @property
    def lines(self) -> Iterator[Line]:
        for place, item in enumerate(self.items, 1):
            fields = [self[f"{name}-{place}"] for name in ("note", "due", "job", "photos")]
            yield Line(place, item, fields, self[f"lost-{place}"])

    def save(self, held: Turn) -> None:
        row = seats.row_of(held.case)
        marks = [self._mark(held, place, item) for place, item in enumerate(self.items, 1)]
        row.mark(marks, by=held.actor)
        held.complete(self.cleaned_data["note"], data={"score": row.score, "full": row.full})

    def _mark(self, held: Turn, place: int, item: Item) -> Mark:
        typed, lost = self.cleaned_data, self.cleaned_data.get(f"lost-{place}") or 0
        kept = keep_photos(held, typed[f"photos-{place}"], purpose="evidence", field=f"photos-{place}")
        job = typed.get(f"job-{place}") or None
        return Mark(
            assessment=seats.row_of(held.case), place=place, key=item.key, text=item.text, points=item.points,
            lost=lost,
            note=typed.get(f"note-{place}") or "" if lost else "", due=typed.get(f"due-{place}") if lost else None,
            job=job if lost else None, digests=kept,
        )  # fmt: skip


class AnswerForm(WorkForm):
    heading = _("Your answer to the score")
    button = said = _("Hand in the answer")

    stand = forms.ChoiceField(label=_("Do you accept the score?"), choices=STANDS, widget=Pick)
    words = TextField(label=pgettext_lazy("assessment", "Your words"), rows=3)
    photos = PhotosField(label=_("Proof: photos or PDF"), required=False)

    def save(self, held: Turn) -> None:
        row, said = seats.row_of(held.case), self.cleaned_data
        kept = keep_photos(held, said["photos"])
        row.answer(by=held.actor, words=said["words"], accepts=said["stand"] == "accept")
        held.complete(said["words"], data={"stand": said["stand"], "documents": kept})


class SettlingForm(WorkForm):
    """One field for each problem that is still to be put right."""

    heading = _("What was put right")
    button = said = _("Report it as put right")

    photos = PhotosField(label=_("Photos of how it is now"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.rows: list[Shortfall] = course.open_shortfalls(self.case)
        for row in self.rows:
            name = f"done-{row.place}"
            self.fields[name] = TextField(label=row.text, rows=2)
            self.fields[name].widget.attrs["class"] = "form-control"
            self.initial[name] = row.done
        self.order_fields([*(f"done-{row.place}" for row in self.rows), "photos"])

    def save(self, held: Turn) -> None:
        kept = keep_photos(held, self.cleaned_data["photos"], purpose="after")
        moment, assessment = now(), seats.row_of(held.case)
        for row in self.rows:
            row.done, row.done_at = self.cleaned_data[f"done-{row.place}"], moment
            row.save(update_fields=["done", "done_at"])
            assessment.record("reported", by=held.actor.employee_no, place=row.place, done=row.done)
        held.complete("\n".join(row.done for row in self.rows)[:2000], data={"documents": kept})
