"""Forms that Django keeps. Filing has its own reader (content.py), because a phone's queue sends the same fields."""

from __future__ import annotations

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from innovation.proposals.content import LONGEST_TEXT
from innovation.proposals.models import Problem


class ProblemForm(forms.ModelForm):
    class Meta:
        model = Problem
        fields = ["title", "description"]
        labels = {
            "title": _("The problem in one line"),
            "description": _("Where, since when, how often, what it costs"),
        }
        widgets = {"description": forms.Textarea(attrs={"rows": 5, "maxlength": LONGEST_TEXT})}
        error_messages = {"title": {"required": _("Say in one line what the problem is.")}}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["description"].max_length = LONGEST_TEXT  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_description(self) -> str:
        text = self.cleaned_data["description"]
        if len(text) > LONGEST_TEXT:
            raise forms.ValidationError(
                _("%(count)s characters; the limit is %(longest)s."),
                params={"count": len(text), "longest": LONGEST_TEXT},
            )
        return text
