"""The form that writes a version of the assessment rules, row by row. Errors stand at their field. A row that is
emptied is gone; spare rows stand at the end of each table."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from maintenance_audit.assessments.clauses import TIME_WORDS
from maintenance_audit.assessments.rules import DEFAULT_RULES, TIMES
from workflows.organisation.models import Role

SPARE, MOST = 3, 60  # empty rows that are offered; rows that are read
KEY = re.compile(r"[a-z_]{1,20}")
WHOLE = {
    "min_value": _("Not less than %(limit_value)s."), "max_value": _("At most %(limit_value)s."),
    "invalid": _("A whole number."), "required": _("A whole number."),
}  # fmt: skip
COLUMNS: dict[str, tuple[str, ...]] = {
    "sections": ("text", "points"),
    "contractors": ("text", "points"),
    "grades": ("name", "minimum", "effect"),
    "duties": ("role", "control", "often"),
}
KEYED = ("sections", "contractors")
NEEDED = {"sections": ("text", "points"), "contractors": ("text", "points"), "grades": ("name", "minimum"),
          "duties": ("role", "control", "often")}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """Rows of fields under heads, for the template."""

    title: Any
    hint: Any
    heads: list[Any]
    rows: list[list[BoundField]]


class AssessmentRulesForm(forms.Form):
    template = "assessments/_rules_form.html"

    def __init__(self, data: Any = None, *, initial: Mapping[str, Any] | None = None) -> None:
        self.before: dict[str, Any] = copy.deepcopy(dict(DEFAULT_RULES | dict(initial or {})))
        super().__init__(data, initial=self._flat(self.before), label_suffix="")
        self.places = {table: self._rows(table) for table in COLUMNS}
        for table, places in self.places.items():
            for n in places:
                self._add_row(table, n)
        for name in TIMES:
            self.fields[name] = _whole(TIME_WORDS[name], 1, 2000)
        for name, field in self.fields.items():
            look = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
            wrong = " is-invalid" if self.is_bound and name in self.errors else ""
            field.widget.attrs["class"] = f"{field.widget.attrs.get('class', '')} {look}{wrong}".strip()

    def _rows(self, table: str) -> range:
        if not self.is_bound:
            return range(min(len(self.before[table]) + SPARE, MOST))
        sent = (int(found[1]) for name in self.data if (found := re.fullmatch(rf"{table}-(\d{{1,2}})-\w+", name)))
        return range(min(max(sent, default=-1) + 1, MOST))

    def _add_row(self, table: str, n: int) -> None:
        made: dict[str, forms.Field] = {
            "text": forms.CharField(label=_("What is checked"), max_length=120, required=False),
            "points": _whole(pgettext_lazy("checklist", "Points"), 1, 1000, required=False),
            "name": forms.CharField(label=_("Grade"), max_length=20, required=False),
            "minimum": _whole(_("From per cent"), 0, 100, required=False),
            "effect": forms.CharField(label=_("What it means"), max_length=200, required=False),
            "role": forms.ChoiceField(label=_("Role"), choices=[("", "—"), *Role.choices], required=False),
            "control": forms.CharField(label=_("Control point"), max_length=200, required=False),
            "often": forms.CharField(label=_("How often"), max_length=60, required=False),
        }
        for name in COLUMNS[table]:
            self.fields[f"{table}-{n}-{name}"] = made[name]
        if table in KEYED:
            self.fields[f"{table}-{n}-key"] = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    @staticmethod
    def _flat(content: Mapping[str, Any]) -> dict[str, Any]:
        flat = {name: content[name] for name in TIMES}
        for table in COLUMNS:
            for n, row in enumerate(content[table]):
                flat |= {f"{table}-{n}-{name}": value for name, value in row.items()}
        return flat

    # What was typed. -------------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for table in COLUMNS:
            self._whole_rows(table)
        self._down_to_zero(list(self._filled("grades")))
        return cleaned

    def _filled(self, table: str) -> Iterator[int]:
        for n in self.places[table]:
            if any(str(self.data.get(f"{table}-{n}-{name}", "")).strip() for name in COLUMNS[table]):
                yield n

    def _whole_rows(self, table: str) -> None:
        rows = list(self._filled(table))
        if not rows and table != "duties":
            at = f"{table}-0-{COLUMNS[table][0]}"
            self.add_error(at if at in self.fields else None, _("At least one is needed."))
        for n in rows:
            for name in NEEDED[table]:
                at = f"{table}-{n}-{name}"
                if at not in self.errors and self.cleaned_data.get(at) in (None, ""):
                    self.add_error(at, _("Fill this in, or empty the whole row."))

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
        for table in COLUMNS:
            made[table] = self._table(table)
        return made

    def _table(self, table: str) -> list[dict[str, Any]]:
        made: list[dict[str, Any]] = []
        for n in self._filled(table):
            row = {name: self.cleaned_data[f"{table}-{n}-{name}"] for name in COLUMNS[table]}
            if table in KEYED:
                key = self.cleaned_data.get(f"{table}-{n}-key") or ""
                taken = {other["key"] for other in made}
                row = {"key": key if KEY.fullmatch(key) and key not in taken else _free(taken)} | row
            made.append(row)
        return made

    # For the template. -----------------------------------------------------------------------------------------------

    @property
    def tables(self) -> list[Table]:
        words = {
            "sections": (_("Checklist of sections"), _("what each item is worth")),
            "contractors": (_("Checklist of contractors"), _("what each item is worth")),
            "grades": (_("Grades and what they mean"), _("from the best down to zero per cent")),
            "duties": (_("Responsibility list"), _("control points of roles, never of persons")),
        }
        return [Table(*words[table], *self._shown(table)) for table in COLUMNS]

    def _shown(self, table: str) -> tuple[list[Any], list[list[BoundField]]]:
        rows = [[self[f"{table}-{n}-{name}"] for name in COLUMNS[table]] for n in self.places[table]]
        return ([field.label for field in rows[0]] if rows else [], rows)

    @property
    def keys(self) -> list[BoundField]:
        return [self[f"{table}-{n}-key"] for table in KEYED for n in self.places[table]]

    @property
    def periods(self) -> list[BoundField]:
        return [self[name] for name in TIMES]


def _whole(label: Any, least: int, most: int, **options: Any) -> forms.IntegerField:
    look = forms.TextInput(attrs={"inputmode": "numeric", "class": "num-r"})
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, error_messages=WHOLE, widget=look, **options
    )


def _free(taken: set[str]) -> str:
    """A key that no other item of this version has."""
    names = (f"own_{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(MOST + 1))
    return next(name for name in names if name not in taken)
