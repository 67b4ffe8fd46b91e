"""The form that writes a version of the proposal rules: levels, ceilings, thresholds. Errors stand at their field."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from innovation.proposals import clauses
from innovation.proposals.models import Category, Level
from innovation.proposals.rules import CATEGORIES, DEFAULT_RULES, ESCALATE
from innovation.proposals.step_forms import AmountField
from workflows.engine.models.step import SIGNING, Mode

HOURS = ("revise_hours", "appeal_hours", "arrange_hours", "implement_report_hours", "verify_hours")
LEVEL_KEYS = ("mode", "deadline_hours", "remind_hours", "escalate_hours", "quorum", "pass_share")
WORK = ("work_remind_hours", "work_escalate_hours")
NUMBERS = ("investment_years", "reverify_months")


class ShareField(forms.CharField):
    """An exact share: 2/3, 0.8."""

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value) or "").replace(" ", "")
        if not typed:
            return ""
        try:
            share = Fraction(typed)
        except (ValueError, ZeroDivisionError):
            raise forms.ValidationError(_("Write a share as 2/3 or 0.8."))
        if not 0 < share <= 1:
            raise forms.ValidationError(_("A share is above 0 and at most 1."))
        return typed


def _hours(label: Any, least: int = 1) -> forms.IntegerField:
    words = {
        "min_value": _("Not less than %(limit_value)s."),
        "max_value": _("At most %(limit_value)s."),
        "invalid": _("A whole number."),
        "required": _("A whole number."),
    }
    return forms.IntegerField(label=label, min_value=least, max_value=2000, error_messages=words)


class ProposalRulesForm(forms.Form):
    template = "proposals/steps/_rules_form.html"

    def __init__(self, data: Any = None, *, initial: Mapping[str, Any] | None = None) -> None:
        self.before: dict[str, Any] = copy.deepcopy(dict(initial or DEFAULT_RULES))
        super().__init__(data, initial=self._flat(self.before))
        self.names = [rule["level"] for rule in self.before["levels"]]
        for rule in self.before["levels"]:
            self._add_level(rule["level"])
        for name in self.names[:-1]:
            self._add_ceilings(name)
        self.fields["finance_threshold"] = AmountField(label=_("Finance verifies above"))
        for name, label in (("investment_years", _("Years an investment is spread over")),
                            ("reverify_months", _("Months until it is looked at again"))):  # fmt: skip
            self.fields[name] = _hours(label)
        for name, words in clauses.times().items():
            self.fields[name] = _hours(words)
        self.fields["work_remind_hours"] = _hours(_("Reminder before those deadlines"), 0)
        self.fields["work_remind_hours"].required = False
        self.fields["work_remind_hours"].widget.attrs["placeholder"] = _("a quarter of the time")
        self.fields["work_escalate_hours"] = _hours(_("Escalation after those deadlines"), 0)
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "")
            field.widget.attrs["class"] += " form-select" if isinstance(field, forms.ChoiceField) else " form-control"
        for name in self.errors if self.is_bound else ():
            if name in self.fields:
                self.fields[name].widget.attrs["class"] += " is-invalid"

    def _add_level(self, name: str) -> None:
        self.fields[f"{name}-mode"] = forms.ChoiceField(
            label=_("How it is signed"), choices=[(mode.value, mode.label) for mode in SIGNING]
        )
        self.fields[f"{name}-deadline_hours"] = _hours(_("Deadline, working hours"))
        self.fields[f"{name}-remind_hours"] = _hours(_("Reminder after, working hours"), 0)
        self.fields[f"{name}-escalate_hours"] = _hours(_("Escalates after the deadline by, working hours"), 0)
        self.fields[f"{name}-quorum"] = ShareField(label=_("Quorum"), required=False, max_length=20)
        self.fields[f"{name}-pass_share"] = ShareField(label=_("Passes at"), required=False, max_length=20)
        each = ((False, _("each opened and decided by itself")), (True, _("several may be approved at once")))
        self.fields[f"{name}-batch"] = forms.TypedChoiceField(
            label=_("Several at once"), choices=each, coerce=lambda value: value == "True", required=False,
            empty_value=False,  # type: ignore[arg-type]
        )  # fmt: skip

    def _add_ceilings(self, name: str) -> None:
        for category in CATEGORIES:
            where = f"{Level(name).label} · {Category(category).label}"
            for what, words in (("benefit", _("benefit")), ("cost", _("cost"))):
                field = AmountField(label=f"{where} · {words}", required=False)
                field.widget.attrs["placeholder"] = _("no limit")
                self.fields[f"{name}-{category}-{what}"] = field

    @staticmethod
    def _flat(content: Mapping[str, Any]) -> dict[str, Any]:
        flat = {name: content.get(name, DEFAULT_RULES[name]) for name in ("finance_threshold", *NUMBERS, *HOURS)}
        flat["work_remind_hours"] = content.get("work_remind_hours")
        flat["work_escalate_hours"] = content.get("work_escalate_hours", ESCALATE)
        for rule in content["levels"]:
            for key in LEVEL_KEYS:
                flat[f"{rule['level']}-{key}"] = rule.get(key, "")
            flat[f"{rule['level']}-batch"] = rule.get("batch", False)
            flat[f"{rule['level']}-escalate_hours"] = rule.get("escalate_hours", ESCALATE)
            for category, ceiling in content["ceilings"][rule["level"]].items():
                for what, value in ceiling.items():
                    flat[f"{rule['level']}-{category}-{what}"] = "" if value == "none" else value
        return flat

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in self.names:
            deadline, remind = cleaned.get(f"{name}-deadline_hours"), cleaned.get(f"{name}-remind_hours")
            if deadline is not None and remind is not None and remind >= deadline:
                self.add_error(f"{name}-remind_hours", _("The reminder comes before the deadline."))
            for key in ("quorum", "pass_share"):
                if cleaned.get(f"{name}-mode") == Mode.VOTE and cleaned.get(f"{name}-{key}") == "":
                    self.add_error(f"{name}-{key}", _("A vote needs this share."))
        return cleaned

    def content(self) -> dict[str, Any]:
        """The whole version as it will be kept."""
        made = self.before
        for rule in made["levels"]:
            self._write_level(rule)
        for name in self.names[:-1]:
            made["ceilings"][name] = {c: self._ceiling(name, c) for c in CATEGORIES}
        made["finance_threshold"] = f"{self.cleaned_data['finance_threshold']:.2f}"
        for name in (*NUMBERS, *HOURS, *WORK):
            made[name] = self.cleaned_data[name]
        return made

    def _write_level(self, rule: dict[str, Any]) -> None:
        for key in ("mode", "deadline_hours", "remind_hours", "escalate_hours", "batch"):
            rule[key] = self.cleaned_data[f"{rule['level']}-{key}"]
        for key in ("quorum", "pass_share"):
            value = self.cleaned_data[f"{rule['level']}-{key}"]
            if rule["mode"] == Mode.VOTE and value:
                rule[key] = value
            else:
                rule.pop(key, None)

    def _ceiling(self, level: str, category: str) -> dict[str, str]:
        return {what: _kept(self.cleaned_data[f"{level}-{category}-{what}"]) for what in ("benefit", "cost")}

    # For the template. -----------------------------------------------------------------------------------------------

    @property
    def levels(self) -> list[dict[str, Any]]:
        keys = (*LEVEL_KEYS, "batch")
        return [{"label": Level(n).label, "fields": [self[f"{n}-{k}"] for k in keys]} for n in self.names]

    @property
    def grid(self) -> list[dict[str, Any]]:
        names = self.names[:-1]
        return [
            {
                "label": Category(c).label,
                "cells": [self[f"{name}-{c}-{what}"] for name in names for what in ("benefit", "cost")],
            }
            for c in CATEGORIES
        ]

    @property
    def heads(self) -> list[str]:
        return [f"{Level(name).label} · {words}" for name in self.names[:-1] for words in (_("benefit"), _("cost"))]

    @property
    def rest(self) -> list[Any]:
        return [self[name] for name in ("finance_threshold", *NUMBERS, *HOURS, *WORK)]


def _kept(value: Decimal | None) -> str:
    return "none" if value is None else f"{value:.2f}"
