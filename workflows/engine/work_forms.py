"""What the forms of a kind are made of: work at a step, the fields that kinds share, photos."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from uuid import uuid5

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workflows.documents.reception import RefusedFile, receive
from workflows.engine import plant_calendar
from workflows.engine.errors import BadMove
from workflows.engine.models import Case, CaseParty
from workflows.engine.turn import Turn
from workflows.ledger.clock import now
from workflows.organisation.forms.plain import DateField, PlainForm
from workflows.organisation.forms.profile import ColleagueField
from workflows.organisation.models import Person, Unit, UnitKind

LONGEST_TEXT = 2000


class WorkForm(PlainForm):
    """A step that asks for more than a press. `save` writes what was typed and ends with a verb of the turn.

    At a step that decides, `save` approves; at a step of work it completes.
    heading, explanation, button: what the page says around the fields. said: the message when it is done.
    """

    heading: Any = ""
    explanation: Any = ""
    button: Any = _("Done")
    said: Any = ""
    template = "organisation/fields.html"

    def __init__(self, data: Any = None, files: Any = None, *, turn_case: Case, person: Person) -> None:
        self.case, self.person = turn_case, person
        super().__init__(data, files)
        for name, field in self.fields.items():
            if isinstance(field, ColleagueField):
                _find_as_one_types(name, field, person)
            elif isinstance(field, AreaField):
                field.offer(person)
            elif isinstance(field, DayField):
                field.bound(turn_case)

    @property
    def recorded(self) -> dict[str, str]:
        """What was typed, as the ledger keeps it: people by number, days as 2026-12-31."""
        typed = ((name, value) for name, value in self.cleaned_data.items() if value not in (None, "", []))
        return {name: value.employee_no if isinstance(value, Person) else str(value) for name, value in typed}

    def save(self, held: Turn) -> None:
        raise NotImplementedError


def _find_as_one_types(name: str, field: ColleagueField, person: Person) -> None:
    field.people, field.finds = Person.objects.colleagues_of(person), True
    field.widget.attrs |= {
        "autocomplete": "off", "hx-get": f"{reverse('colleagues')}?field={name}", "hx-sync": "this:replace",
        "hx-trigger": "input changed delay:250ms", "hx-target": f"#found-{name}",
    }  # fmt: skip


class AreaField(forms.ModelChoiceField):
    """A unit of one's workshop; one's own to begin with."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Unit.objects.none(), empty_label=None, **options)

    def offer(self, person: Person) -> None:
        place = person.unit.at_level(UnitKind.WORKSHOP) or person.unit
        self.queryset = Unit.objects.under(place.path).active().order_by("path")
        self.initial = person.unit_id


class TextField(forms.CharField):
    """Some lines of text, of a length that people read."""

    def __init__(self, *, rows: int = 3, **options: Any) -> None:
        super().__init__(max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": rows}), **options)


class DayField(DateField):
    """A day from today on. `within(case)`: by the rules so many working hours from now at the latest."""

    def __init__(self, *, within: Callable[[Case], float] | None = None, **options: Any) -> None:
        super().__init__(error_messages={"invalid": _("Write the day as 2026-12-31.")}, **options)
        self.within = within
        self.latest: date | None = None

    def bound(self, case: Case) -> None:
        self.widget.attrs["min"] = timezone.localdate(now()).isoformat()
        if self.within is not None:
            self.latest = self.initial = timezone.localdate(plant_calendar.due(now(), self.within(case)))
            self.widget.attrs["max"] = self.latest.isoformat()

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is not None and day < timezone.localdate(now()):
            raise forms.ValidationError(_("That day has passed."))
        if day is not None and self.latest is not None and day > self.latest:
            late = gettext("By the rules this is done by %(day)s at the latest.") % {"day": self.latest.isoformat()}
            raise forms.ValidationError(late)
        return day


class Pick(forms.RadioSelect):
    """A few choices side by side, each as large as a thumb."""

    template_name = "engine/pick.html"

    def __init__(self, attrs: Any = None, **options: Any) -> None:
        super().__init__({"class": ""} | (attrs or {}), **options)

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """The field's label leads to the first choice."""
        return super().id_for_label(id_, index or "0")


class Photos(forms.FileInput):
    """A tile that opens the camera or the album; what was chosen is shown beside it."""

    template_name = "engine/photos.html"
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Any number of files; the reception looks into each."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", Photos(attrs={"accept": "image/*,.pdf"}))
        super().__init__(**options)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list) else [data] if data else []
        if self.required and not files:
            raise forms.ValidationError(self.error_messages["required"])
        return [super(PhotosField, self).clean(file, initial) for file in files]


class EvidenceForm(WorkForm):
    """Work that is shown by photos and told in a note. Whoever did it takes no part in judging it if `relation` says
    what they are to the case."""

    relation = ""
    purpose = "evidence"
    heading = _("What was done")

    photos = PhotosField(label=_("Photos of how it is now"), error_messages={"required": _("Show how it is now.")})
    note = TextField(label=_("What was done"))

    def save(self, held: Turn) -> None:
        kept = keep_photos(held, self.cleaned_data["photos"], purpose=self.purpose)
        if self.relation:
            did = [CaseParty(case=held.case, person=p, relation=self.relation) for p in {held.actor, held.seat}]
            CaseParty.objects.bulk_create(did, ignore_conflicts=True)
        held.complete(self.cleaned_data["note"], data={"documents": kept})


class AppealForm(WorkForm):
    """The author's answer to a rejection, where the flow lets them appeal: the reason."""

    heading = _("Appeal, or let it rest")
    explanation = _("You may appeal once, to the next level up. If you do nothing the rejection stands.")
    button = _("Appeal")
    said = _("Appealed")

    reason = TextField(label=_("Why it should be looked at again"), rows=4)

    def save(self, held: Turn) -> None:
        held.complete(self.cleaned_data["reason"], verb="appeal")


def keep_photos(
    held: Turn, photos: Iterable[UploadedFile], *, purpose: str = "evidence", field: str = "photos"
) -> list[str]:
    """Keep what came with a step's form as the case's, and return the digests for its record.

    The form's token makes each photo's, so that a form sent twice keeps each once. `field`: where they were chosen, if
    the form has several places for them.
    """
    assert held.token is not None
    digests = []
    for n, photo in enumerate(photos):
        token = uuid5(held.token, f"{purpose}:{n}" if field == "photos" else f"{purpose}:{field}:{n}")
        try:
            kept = receive(actor=held.actor, token=token, holder=f"case:{held.case.pk}", purpose=purpose, upload=photo)
        except RefusedFile as refused:
            raise BadMove(str(refused.message), field=field) from refused
        digests.append(kept.digest_kept)
    return digests
