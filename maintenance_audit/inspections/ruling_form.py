"""What the audit lead writes to rule a claim."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from maintenance_audit.inspections.models import Nature, Verdict
from maintenance_audit.register.models import Severity

LONGEST = 1000


class RulingForm(forms.Form):
    claim = forms.IntegerField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        label=_("Ruling"), choices=Verdict.choices, error_messages={"required": _("Pick one of what is offered.")}
    )
    severity = forms.ChoiceField(label=_("How severe"), choices=Severity.choices, required=False)
    nature = forms.ChoiceField(
        label=_("Of this kind (always critical)"), choices=[("", _("None of these")), *Nature.choices], required=False
    )
    reasons = forms.CharField(
        label=_("Reasons (the contractor reads them)"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why you rule so.")},
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("verdict") != Verdict.NONCONFORMING:
            return said | {"severity": "", "nature": ""}
        if said.get("nature"):
            return said | {"severity": Severity.CRITICAL.value}
        if not said.get("severity") and "severity" not in self.errors:
            self.add_error("severity", say("Say how grave it is."))
        return said
