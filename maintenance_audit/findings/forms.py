"""What is typed in a finding: the reply, the confirmation with its order, what was done, what the re-check saw."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from maintenance_audit.findings import course, extending, parties, seats
from maintenance_audit.findings.models import Finding, Paper, Part, Rectification, Reply
from workflows.documents.models import Document
from workflows.engine.errors import BadMove
from workflows.engine.models import Case, CaseParty
from workflows.engine.turn import Turn
from workflows.engine.work_forms import DayField, PhotosField, Pick, TextField, WorkForm, keep_photos
from workflows.ledger.clock import now
from workflows.organisation.forms.profile import ColleagueField
from workflows.organisation.models import Person, Role
from workflows.organisation.roles import holds

STANDS = (("contest", _("We contest it")), ("accept", _("We accept it")))


class ReplyForm(WorkForm):
    heading = _("Your reply")
    explanation = _(
        "Say what speaks against it and add what proves it, or accept it. "
        "Without a reply it is decided on what was found."
    )
    button = said = _("Hand in the reply")

    stand = forms.ChoiceField(label=_("Do you accept the finding?"), choices=STANDS, widget=Pick)
    words = TextField(label=_("Your words"), rows=4)
    photos = PhotosField(label=_("Proof: photos or PDF"), required=False)

    def save(self, held: Turn) -> None:
        row, due = seats.row_of(held.case), held.step.due_at
        kept = keep_photos(held, self.cleaned_data["photos"])
        in_time = due is None or now() <= due
        token = own_token(held.token, held.case) if held.token else None
        reply = reply_to(row, self.cleaned_data, held.actor, in_time=in_time, token=token)
        keep_papers(row, kept, Part.REPLY, reply=reply)
        held.complete(
            reply.words, data={"stand": self.cleaned_data["stand"], "in_time": reply.in_time, "documents": kept}
        )


def own_token(token: UUID, case: Case) -> UUID:
    """Of this finding: the same form sent at another one is another reply."""
    return uuid5(token, f"case:{case.pk}")


def reply_to(row: Finding, said: dict[str, Any], person: Person, *, in_time: bool, token: UUID | None = None) -> Reply:
    """A reply as it came in, with its entry. It stays readable whatever becomes of it."""
    reply = Reply.objects.create(
        finding=row, person=person, words=said["words"], accepts=said["stand"] == "accept", received_at=now(),
        in_time=in_time, token=token,
    )  # fmt: skip
    row.record("replied", by=person.employee_no, in_time=in_time, accepts=reply.accepts, words=reply.words)
    return reply


def keep_papers(row: Finding, digests: Iterable[str], part: str, **version: Reply | Rectification) -> None:
    """The files that came with the form belong to this version of what was handed in."""
    taken = Paper.objects.filter(finding=row).values("document")
    papers = (
        Document.objects.for_holder(f"case:{row.case_id}").filter(digest_kept__in=list(digests)).exclude(pk__in=taken)
    )  # type: ignore[attr-defined]
    Paper.objects.bulk_create(Paper(finding=row, document=paper, part=part, **version) for paper in papers)


class ConfirmationForm(WorkForm):
    heading = _("Confirm, and order how it is put right")
    explanation = _("To withdraw it instead, reject with your reason.")
    button = said = _("Confirm and issue the order")

    reason = TextField(label=_("Why it is confirmed"))
    measure = TextField(label=_("What is done: by what measure"), rows=2)
    standard = TextField(label=_("To what standard"), rows=2)
    rectifier = forms.ModelChoiceField(label=_("Who puts it right"), queryset=Person.objects.none(), empty_label=None)
    answers = ColleagueField(label=_("Who answers for it"), help_text=_("Of the plant: employee number or full name"))
    rectify_by = DayField(label=_("Until when"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        people: Any = self.fields["rectifier"]
        people.queryset = Person.objects.filter(pk__in=[p.pk for p in seats.people_of(seats.firm(self.case))])
        day: Any = self.fields["rectify_by"]
        day.latest = day.initial = course.latest_day(self.case)
        day.widget.attrs["max"] = day.latest.isoformat()

    def save(self, held: Turn) -> None:
        held.approve(self.cleaned_data["reason"], data=self.recorded)


class RectificationForm(WorkForm):
    heading = _("What was done")
    explanation = _("Somebody who has had nothing to do with it yet re-checks it. Each version stays readable.")
    button = said = _("Submit the rectification")

    photos = PhotosField(label=_("Photos of how it is now"), error_messages={"required": _("Show how it is now.")})
    words = TextField(label=_("What was done"))

    def save(self, held: Turn) -> None:
        row = seats.row_of(held.case)
        if not holds(held.seat, Role.CONTRACTOR, row.contractor.path):
            raise BadMove(gettext("Only somebody of the firm submits it; hand the task on to one of them."))
        kept = keep_photos(held, self.cleaned_data["photos"], purpose="after")
        place = row.rectifications.count() + 1  # type: ignore[attr-defined]
        made = Rectification.objects.create(
            finding=row, place=place, done_by=held.actor, words=self.cleaned_data["words"], submitted_at=now()
        )
        keep_papers(row, kept, Part.AFTER, rectification=made)
        row.record("submitted", by=held.actor.employee_no, place=place, words=made.words, documents=kept)
        for person in {held.actor, held.seat}:
            CaseParty.objects.get_or_create(
                case=held.case, person=person, relation="rectifier", defaults={"recused": False}
            )
        parties.renew(held.case)  # whoever has checked the job meanwhile does not re-check it
        held.complete(made.words, data={"place": place, "documents": kept})


class ExtensionForm(WorkForm):
    """Asked for beside the step, which goes on."""

    heading = _("Ask for more time")
    explanation = _("Once, before the day is over. Whoever ordered it grants a day or refuses; until then yours stays.")
    button = _("Ask for more time")

    reason = TextField(label=_("Why it cannot be done by then"))
    wanted = DayField(label=_("Until when"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _later(self.fields["wanted"], self.case)


class ExtensionAnswerForm(WorkForm):
    heading = _("Grant more time, or refuse it")
    button = pgettext_lazy("extension", "Answer")

    grant = forms.ChoiceField(
        label=_("Your answer"), choices=(("yes", _("Grant")), ("no", pgettext_lazy("extension", "Refuse"))), widget=Pick
    )
    until = DayField(label=_("Until when"), required=False, help_text=_("Where you grant it."))
    words = TextField(label=_("Why"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _later(self.fields["until"], self.case)
        asked = extending.of_round(seats.row_of(self.case))
        self.fields["until"].initial = asked.wanted if asked else None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("grant") == "yes" and "until" in cleaned and cleaned["until"] is None:
            self.add_error("until", _("Name a day after the one that was ordered."))
        return cleaned


def _later(field: Any, case: Case) -> None:
    """A day after the one that was ordered, by the rules."""
    row = seats.row_of(case)
    if row.rectify_by is not None:
        field.latest = extending.latest(row)
        field.widget.attrs |= {"min": (row.rectify_by + timedelta(days=1)).isoformat(), "max": field.latest.isoformat()}


class RecheckForm(WorkForm):
    heading = _("Is it put right?")
    explanation = _("If it is not, reject with what is missing: it is reopened, and somebody else checks it then.")
    button = said = pgettext_lazy("finding", "Passed, close it")

    words = TextField(label=_("What you saw"))
    photos = PhotosField(label=_("Photos of the re-check"), required=False)

    def save(self, held: Turn) -> None:
        row = seats.row_of(held.case)
        kept = keep_photos(held, self.cleaned_data["photos"])
        keep_papers(row, kept, Part.RECHECK, rectification=course.last_submission(row))
        held.approve(self.cleaned_data["words"], data={"documents": kept})


class RequestForm(WorkForm):
    heading = _("Request that the settlement is released")
    button = said = _("Request the release")

    reason = TextField(label=_("Why it may be released"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if refused := course.refused_release(self.case):
            who, why = refused.actor.name if refused.actor else "", refused.reason
            self.explanation = gettext("%(who)s did not approve the last request: %(why)s") % {"who": who, "why": why}

    def save(self, held: Turn) -> None:
        if not any(p.pk == held.seat.pk for p in seats.planners(held.case.unit)):
            raise BadMove(gettext("Only a planner requests it; hand the task on to one of them."))
        for person in {held.actor, held.seat}:
            parties.add(held.case, person, "requester")
        held.complete(self.cleaned_data["reason"])
