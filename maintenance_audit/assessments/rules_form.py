"""The form that writes a version of the assessment rules: checklists, grades, responsibilities, periods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from maintenance_audit.assessments.clauses import TIME_WORDS
from maintenance_audit.assessments.rules import DEFAULT_RULES, TIMES
from workflows.engine.table_rules import Table, TableRulesForm, whole
from workflows.organisation.models import Role

ITEM = ("text", "points")


class AssessmentRulesForm(TableRulesForm):
    template = "assessments/_rules_form.html"
    columns = {
        "sections": ITEM, "contractors": ITEM, "grades": ("name", "minimum", "effect"),
        "duties": ("role", "control", "often"),
    }  # fmt: skip
    needed = columns | {"grades": ("name", "minimum")}
    keyed = ("sections", "contractors")
    may_be_empty = ("duties",)
    most = 60

    def __init__(self, data: Any = None, *, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, first=DEFAULT_RULES, initial=initial)

    def row(self, table: str) -> dict[str, forms.Field]:
        made: dict[str, forms.Field] = {
            "text": forms.CharField(label=_("What is checked"), max_length=120, required=False),
            "points": whole(pgettext_lazy("checklist", "Points"), 1, 1000, required=False),
            "name": forms.CharField(label=_("Grade"), max_length=20, required=False),
            "minimum": whole(_("From per cent"), 0, 100, required=False),
            "effect": forms.CharField(label=_("What it means"), max_length=200, required=False),
            "role": forms.ChoiceField(label=_("Role"), choices=[("", "—"), *Role.choices], required=False),
            "control": forms.CharField(label=_("Control point"), max_length=200, required=False),
            "often": forms.CharField(label=_("How often"), max_length=60, required=False),
        }
        return {name: made[name] for name in self.columns[table]}

    def rest(self) -> dict[str, forms.Field]:
        return {name: whole(TIME_WORDS[name], 1, 2000) for name in TIMES}

    def flat(self, content: Mapping[str, Any]) -> dict[str, Any]:
        flat = {name: content[name] for name in TIMES}
        for table in self.columns:
            for n, row in enumerate(content[table]):
                flat |= {f"{table}-{n}-{name}": value for name, value in row.items()}
        return flat

    # What was typed. -------------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._down_to_zero(list(self.filled("grades")))
        return cleaned

    def _down_to_zero(self, rows: list[int]) -> None:
        above: int | None = None
        for n in rows:
            minimum = self.cleaned_data.get(f"grades-{n}-minimum")
            if minimum is not None and above is not None and minimum >= above:
                words = gettext("Grades stand from the best down: less than %(score)s here.") % {"score": above}
                self.add_error(f"grades-{n}-minimum", words)
            above = minimum if minimum is not None else above
        if rows and above not in (0, None):
            self.add_error(f"grades-{rows[-1]}-minimum", _("The last grade begins at zero."))

    def content(self) -> dict[str, Any]:
        """The whole version as it will be kept."""
        made = self.before | {name: self.cleaned_data[name] for name in TIMES}
        return made | {table: self.typed(table) for table in self.columns}

    # For the template. -----------------------------------------------------------------------------------------------

    @property
    def tables(self) -> list[Table]:
        return [
            self.shown("sections", _("Checklist of sections"), _("what each item is worth")),
            self.shown("contractors", _("Checklist of contractors"), _("what each item is worth")),
            self.shown("grades", _("Grades and what they mean"), _("from the best down to zero per cent")),
            self.shown("duties", _("Responsibility list"), _("control points of roles, never of persons")),
        ]

    @property
    def periods(self) -> list[BoundField]:
        return [self[name] for name in TIMES]
