"""The administrators' forms. Choices never reach past the administrator's own units."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from workflows.ledger.clock import now
from workflows.organisation.authority import administers
from workflows.organisation.forms.plain import DateField, NumberField, PlainForm
from workflows.organisation.forms.profile import ColleagueField, offer
from workflows.organisation.models import Person, Role, Unit, UnitKind
from workflows.organisation.models.person import PersonQuerySet


class UnitField(forms.ModelChoiceField):
    """The units that the acting administrator may choose, drawn as the tree they are."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Unit.objects.none(), empty_label=gettext_lazy("choose"), **kwargs)

    def label_from_instance(self, unit: Unit) -> str:
        return "　" * unit.depth + f"{unit.name} ({unit.code})"


class AdministrationForm(PlainForm):
    """Knows who administers, and offers that person's units in use."""

    def __init__(self, *args: Any, actor: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        for field in self.fields.values():
            if isinstance(field, UnitField):
                field.queryset = Unit.objects.administered_by(actor).active()


def nameable_by(actor: Person) -> PersonQuerySet:
    """Whom an administrator may give a role to: colleagues, and the people of the administered units."""
    return Person.objects.colleagues_of(actor) | Person.objects.administered_by(actor).active()


class NewUnitForm(AdministrationForm):
    parent = UnitField(label=gettext_lazy("belongs to"))
    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=UnitKind.choices)
    name = forms.CharField(label=gettext_lazy("name"), max_length=80)
    code = NumberField(
        label=gettext_lazy("code"), max_length=40, help_text=gettext_lazy("Short and unique; rosters name units by it.")
    )


class UnitForm(AdministrationForm):
    name = forms.CharField(label=gettext_lazy("name"), max_length=80)
    code = NumberField(label=gettext_lazy("code"), max_length=40)
    parent = UnitField(label=gettext_lazy("belongs to"), required=False)
    fallback = ColleagueField(
        label=gettext_lazy("fallback person"),
        required=False,
        help_text=gettext_lazy("Decides where nobody here holds the role of a step. Employee number or full name."),
    )

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["fallback"], nameable_by(self.actor))
        if not unit.parent or not administers(self.actor, unit.parent):
            del self.fields["parent"]


class PersonForm(AdministrationForm):
    name = forms.CharField(label=pgettext_lazy("of a person", "name"), max_length=60)
    title = forms.CharField(label=gettext_lazy("post"), max_length=40, required=False)
    email = forms.EmailField(label=gettext_lazy("mail"), required=False)
    joined_on = DateField(label=gettext_lazy("joined"), required=False)


class NewPersonForm(PersonForm):
    employee_no = NumberField(label=gettext_lazy("employee number"), max_length=20)
    unit = UnitField(label=gettext_lazy("unit"))
    field_order = ("employee_no", "name", "unit", "title", "email", "joined_on")


class MoveForm(AdministrationForm):
    unit = UnitField(label=gettext_lazy("new unit"))


class GrantForm(AdministrationForm):
    person = ColleagueField(label=gettext_lazy("Who"), help_text=gettext_lazy("Employee number or full name"))
    role = forms.ChoiceField(label=gettext_lazy("role"), choices=Role.choices)
    unit = UnitField(label=gettext_lazy("at unit"))
    first_day = DateField(
        label=gettext_lazy("first day"), required=False, help_text=gettext_lazy("Empty: from now on. Never earlier.")
    )
    last_day = DateField(
        label=gettext_lazy("last day"), required=False, help_text=gettext_lazy("Empty: until further notice.")
    )
    weight = forms.IntegerField(
        label=gettext_lazy("voting weight"), min_value=1, max_value=100, initial=1,
        help_text=gettext_lazy("Counts only in a weighted vote."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["person"], nameable_by(self.actor))

    def clean_first_day(self) -> date | None:
        return not_past(self.cleaned_data["first_day"])

    def clean_last_day(self) -> date | None:
        return not_past(self.cleaned_data["last_day"])

    def grant(self) -> dict[str, Any]:
        """What `grants.grant_role` takes."""
        data = self.cleaned_data
        return {
            "person": data["person"], "role": data["role"], "unit": data["unit"], "weight": data["weight"],
            "starts_at": beginning_of(data["first_day"]), "ends_at": end_of(data["last_day"]),
        }  # fmt: skip


class EndForm(PlainForm):
    last_day = DateField(label=gettext_lazy("last day"), required=False, help_text=gettext_lazy("Empty: ends now."))

    def clean_last_day(self) -> date | None:
        return not_past(self.cleaned_data["last_day"])


def not_past(day: date | None) -> date | None:
    if day and day < timezone.localdate(now()):
        raise ValidationError(_("This day is past. Nothing is back-dated."))
    return day


def beginning_of(day: date | None) -> datetime | None:
    """The day's first moment at the plant; for today, now."""
    if day is None or day == timezone.localdate(now()):
        return None
    return timezone.make_aware(datetime.combine(day, time.min))


def end_of(day: date | None) -> datetime | None:
    """The moment after the day's last; the calendar's own last day is no end."""
    if day is None or day == date.max:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
