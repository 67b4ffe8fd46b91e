"""The form all ours are made from: design's classes on the widgets, a service's refusal at its field."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from workflows.organisation.errors import Refused


class PlainForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", css_class_of(field.widget))
            field.error_messages["required"] = _("This has to be filled in.")

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Put what a service refuses at the field it names; the form is then not valid any more."""
        try:
            yield
        except Refused as refused:
            self.add_error(refused.field if refused.field in self.fields else None, refused.message)


def css_class_of(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


def tidy(text: str) -> str:
    """As meant: no full-width digits, no non-breaking or doubled spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


class NumberField(forms.CharField):
    """An employee number or a unit's code, typed as people type."""

    def to_python(self, value: Any) -> str:
        return tidy(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        if "|" in value:
            raise ValidationError(_("It cannot contain |."))


class DateField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
