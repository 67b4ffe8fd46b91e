"""What is typed: the objection, the panel's reasons, the representative's answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation.awards.models import Candidate
from innovation.objections import course, news, parties
from innovation.objections.models import Objection, award_of
from workflows.engine.errors import BadMove
from workflows.engine.filing import FilingForm
from workflows.engine.models import Case
from workflows.engine.turn import Turn
from workflows.engine.work_forms import PhotosField, TextField, WorkForm
from workflows.ledger.clock import now
from workflows.organisation.forms.plain import PlainForm
from workflows.organisation.models import Person, Unit


class AwardField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{award_of(obj)} ({obj.grade})"


def open_awards(person: Person) -> Any:
    """The awards that this person reads in the publicity and may object to now."""
    found = Candidate.objects.visible_to(person).awarded().select_related("proposal__case", "round")
    return found.filter(round__publicity_until__gt=now(), round__confirmed_at=None).order_by("round", "rank")


class ObjectionForm(FilingForm):
    """`in_time`: it came before the end of the publicity, by another hand."""

    row = Objection
    heading = _("Object to an award")
    explanation = _("It is decided by people who have not decided about this award before; you follow it here.")
    button = _("File it in my name")
    in_time = False

    candidate = AwardField(label=_("Which award"), queryset=Candidate.objects.none())
    grounds = TextField(label=_("What speaks against this award"), rows=6)
    photos = PhotosField(label=_("Photos and files"), required=False)

    def __init__(self, *args: Any, in_time: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.in_time = in_time
        if options.get("turn_case") is not None:
            self.fields.pop("candidate")
        else:
            known = Candidate.objects.visible_to(self.person).select_related("proposal__case", "round")
            field: Any = self.fields["candidate"]
            field.queryset = (
                known.filter(round__announced_at__isnull=False) if self.is_bound else open_awards(self.person)
            )

    def clean_candidate(self) -> Candidate:
        candidate: Candidate = self.cleaned_data["candidate"]
        may_be_objected_to(candidate, self.person, in_time=self.in_time)
        return candidate

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if self.case is not None:
            typed["title"] = self.case.title
        elif "candidate" in typed:
            typed["title"] = title_of(typed["candidate"])
        return typed

    def area(self) -> Unit:
        return self.cleaned_data["candidate"].round.workshop

    def parties(self) -> list[tuple[int, str]]:
        return parties.concerned(self.cleaned_data["candidate"])

    def write(self, case: Case) -> None:
        """A new one holds its award from here on: asked again under the round's lock."""
        if self.case is not None:
            super().write(case)
            return
        candidate = course.candidate_under_lock(self.cleaned_data["candidate"].pk)
        refused = why_not(candidate, in_time=self.in_time)
        if refused:
            raise BadMove(refused)
        super().write(case)
        objection: Objection = case.objection  # type: ignore[attr-defined]
        objection.case = case
        news.raised(objection, candidate)


def title_of(candidate: Candidate) -> str:
    """In the plant's language, whoever writes."""
    with translation.override(settings.LANGUAGE_CODE):
        return (gettext("Objection to the award of %(award)s") % {"award": award_of(candidate)})[:120]


def why_not(candidate: Candidate, *, in_time: bool = False) -> str:
    """Why nobody may object to it now, or ""."""
    if candidate.void_at is not None:
        return gettext("This award is void already.")
    if not candidate.is_awarded:
        return gettext("It has no award that one could object to.")
    if not in_time and not candidate.round.is_open_for_objections:
        return gettext("The time for objections has passed. Nothing was filed; what you typed stands below.")
    return ""


def may_be_objected_to(candidate: Candidate, person: Person, *, in_time: bool = False) -> None:
    if refused := why_not(candidate, in_time=in_time):
        raise forms.ValidationError(refused)
    if parties.is_author(person, candidate):
        raise forms.ValidationError(gettext("You are an author of this award; tell the innovation officer instead."))


class UpholdForm(WorkForm):
    """Approving is upholding. Dismissing asks for its reason on the sheet, as every rejection does."""

    heading = _("Does the objection hold?")
    explanation = _("Your reasons are published with the award, whichever way you decide.")
    button = said = _("Upheld, void this award")

    reason = TextField(label=_("Reasons (published)"), rows=4)

    def save(self, held: Turn) -> None:
        held.approve(self.cleaned_data["reason"], data=self.recorded)


class UnsignedForm(PlainForm):
    grounds = TextField(label=_("What speaks against this award"), rows=6)


class DecliningForm(PlainForm):
    reason = TextField(label=_("Why you do not take it up (the receipt shows it)"), rows=3)


class ReceiptForm(PlainForm):
    code = forms.CharField(label=_("Receipt code"), max_length=80)
