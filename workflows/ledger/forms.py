"""What a reader may say when taking evidence away."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from workflows.ledger.export import MOST_HELD


class HeldForm(forms.Form):
    """Numbers of the checkpoints that the reader keeps outside, so that the export answers for each."""

    held = forms.CharField(required=False, max_length=200)

    def clean_held(self) -> list[int]:
        words = self.cleaned_data["held"].replace("#", " ").replace(",", " ").replace("，", " ").split()
        if len(words) > MOST_HELD or any(not word.isdecimal() or not 0 < int(word) < 2**31 for word in words):
            raise ValidationError(_("Write numbers of checkpoints, for example 12, 40. Twenty at most."))
        return [int(word) for word in words]
