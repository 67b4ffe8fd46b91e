"""What is typed in the problem register. No text may name a person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from maintenance_audit.assessments.nameless import require_nameless
from workflows.engine.work_forms import TextField
from workflows.organisation.forms.plain import DateField, PlainForm


class Nameless(PlainForm):
    """Every text of it is a process's, not a person's."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            if isinstance(value, str) and value:
                try:
                    require_nameless(value)
                except forms.ValidationError as refused:
                    self.add_error(name, refused)
        return cleaned


class ProblemForm(Nameless):
    process = forms.CharField(label=_("Which process"), max_length=60, help_text=_("e.g. returning of old parts"))
    text = TextField(label=_("What is wrong with it"), help_text=_("The process, never a person: no names."))


class MeasureForm(Nameless):
    measure = TextField(label=_("Measure"))
    due = DateField(label=_("By when it works"))


class ResultForm(Nameless):
    result = TextField(label=_("What it brought, and by what one sees that"))
