"""What people set for themselves."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.ledger.clock import now
from workflows.organisation.forms.plain import DateField, PlainForm, tidy
from workflows.organisation.models import Person
from workflows.organisation.models.person import PersonQuerySet


class SettingsForm(PlainForm):
    language = forms.ChoiceField(label=gettext_lazy("language"), choices=[("zh-hans", "简体中文"), ("en", "English")])
    theme = forms.ChoiceField(
        label=gettext_lazy("appearance"),
        choices=[
            ("auto", gettext_lazy("follow the system")),
            ("light", gettext_lazy("light")),
            ("dark", gettext_lazy("dark")),
        ],
    )
    email = forms.EmailField(
        label=gettext_lazy("mail"), required=False, help_text=gettext_lazy("Notices also go here. Empty: only here.")
    )


class ColleagueField(forms.CharField):
    """A colleague by employee number or by name; a name that two people bear asks for the number."""

    finds = False  # colleagues are listed below the field while one types

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=60, **kwargs)
        self.people = Person.objects.none()

    def clean(self, value: Any) -> Person | None:  # type: ignore[override]
        text = tidy(super().clean(value))
        if not text:
            return None
        found = list(self.people.filter(employee_no=text).select_related("unit")[:1])
        found = found or list(self.people.filter(name=text).select_related("unit")[:6])
        if not found:
            raise ValidationError(_("Nobody with this number or name. Check it, or ask for the employee number."))
        if len(found) > 1:
            names = _(", ").join(f"{p.name} {p.employee_no} ({p.unit})" for p in found)
            raise ValidationError(_("Several people have this name: %(people)s. Write the number.") % {"people": names})
        return found[0]


def offer(field: forms.Field, people: PersonQuerySet) -> None:
    """Say among whom a `ColleagueField` looks."""
    assert isinstance(field, ColleagueField)
    field.people = people


class TieForm(PlainForm):
    colleague = ColleagueField(label=gettext_lazy("Colleague"), help_text=gettext_lazy("Employee number or full name"))

    def __init__(self, *args: Any, actor: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["colleague"], Person.objects.colleagues_of(actor))


class AbsenceForm(PlainForm):
    """Away from a day to a day, both included."""

    substitute = ColleagueField(
        label=gettext_lazy("Substitute"), help_text=gettext_lazy("Employee number or full name")
    )
    starts_at = DateField(label=gettext_lazy("First day away"))
    ends_at = DateField(label=gettext_lazy("Last day away"))

    def __init__(self, *args: Any, actor: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["substitute"], Person.objects.colleagues_of(actor))
        self.fields["substitute"].finds = True  # type: ignore[attr-defined]
        self.fields["substitute"].widget.attrs |= {
            "autocomplete": "off", "hx-get": reverse("colleagues") + "?field=substitute",
            "hx-trigger": "input changed delay:250ms", "hx-target": "#found-substitute", "hx-sync": "this:replace",
        }  # fmt: skip
        for name in ("starts_at", "ends_at"):
            self.fields[name].widget.attrs["min"] = timezone.localdate(now()).isoformat()

    def span(self) -> tuple[datetime, datetime]:
        """From the first day's midnight to the midnight after the last."""
        first, last = self.cleaned_data["starts_at"], self.cleaned_data["ends_at"]
        return _midnight(first), _midnight(last + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class TokenForm(PlainForm):
    label = forms.CharField(
        label=gettext_lazy("What it is for"), max_length=60, help_text=gettext_lazy("e.g. the maintenance system")
    )
