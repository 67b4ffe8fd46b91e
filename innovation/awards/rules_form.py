"""The form that writes a version of the award rules: criteria, grades, quorum, budget, periods. Errors stand at their
field. A row that is emptied is gone; spare rows stand at the end of each table."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation.awards.clauses import OVER, TIMES
from innovation.awards.rules import DEFAULT_RULES
from innovation.proposals.step_forms import AmountField

SPARE, MOST = 3, 30  # empty rows that are offered; rows that are read
KEY = re.compile(r"[a-z_]{1,20}")
CRITERION, GRADE = ("label", "weight"), ("name", "minimum", "places", "amount")
PLAIN = ("quorum", "publicity_days", *TIMES)
WHOLE = {
    "min_value": _("Not less than %(limit_value)s."), "max_value": _("At most %(limit_value)s."),
    "invalid": _("A whole number."), "required": _("A whole number."),
}  # fmt: skip


class MinimumField(forms.DecimalField):
    def __init__(self, **options: Any) -> None:
        words = WHOLE | {"invalid": _("A score from 0 to 100, e.g. 87.5.")}
        super().__init__(
            required=False, min_value=Decimal(0), max_value=Decimal(100), max_digits=9, decimal_places=6,
            error_messages=words, widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "num-r"}), **options,
        )  # fmt: skip


@dataclass(frozen=True)
class Table:
    """Rows of fields under heads, for the template."""

    title: Any
    hint: Any
    heads: list[Any]
    rows: list[list[BoundField]]


class AwardRulesForm(forms.Form):
    template = "awards/_rules_form.html"

    def __init__(self, data: Any = None, *, initial: Mapping[str, Any] | None = None) -> None:
        self.before: dict[str, Any] = copy.deepcopy(dict(DEFAULT_RULES | dict(initial or {})))
        super().__init__(data, initial=self._flat(self.before), label_suffix="")
        self.criteria = self._rows("criterion", len(self.before["criteria"]))
        self.grades = self._rows("grade", len(self.before["grades"]))
        for n in self.criteria:
            self._add_criterion(n)
        for n in self.grades:
            self._add_grade(n)
        self._add_rest()
        for field in self.fields.values():
            look = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
            field.widget.attrs["class"] = f"{field.widget.attrs.get('class', '')} {look}".strip()
        for name in self.errors if self.is_bound else ():
            if name in self.fields:
                self.fields[name].widget.attrs["class"] += " is-invalid"

    def _rows(self, what: str, kept: int) -> range:
        if not self.is_bound:
            return range(min(kept + SPARE, MOST))
        sent = (int(found[1]) for name in self.data if (found := re.fullmatch(rf"{what}-(\d{{1,2}})-\w+", name)))
        return range(min(max(sent, default=-1) + 1, MOST))

    def _add_criterion(self, n: int) -> None:
        self.fields[f"criterion-{n}-label"] = forms.CharField(label=_("Criterion"), max_length=20, required=False)
        self.fields[f"criterion-{n}-weight"] = _whole(_("Weight"), 0, 1000, required=False)
        self.fields[f"criterion-{n}-key"] = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def _add_grade(self, n: int) -> None:
        self.fields[f"grade-{n}-name"] = forms.CharField(label=_("Grade"), max_length=20, required=False)
        self.fields[f"grade-{n}-minimum"] = MinimumField(label=_("From score"))
        places = _whole(_("Places"), 1, 10_000, required=False)
        places.widget.attrs["placeholder"] = _("no limit")
        self.fields[f"grade-{n}-places"] = places
        self.fields[f"grade-{n}-amount"] = AmountField(label=_("Amount (¥)"), required=False)

    def _add_rest(self) -> None:
        self.fields["quorum"] = _whole(_("Marks that a candidate needs"), 1, 100)
        self.fields["ceiling"] = AmountField(label=_("Ceiling of a round (¥)"), required=False)
        self.fields["ceiling"].widget.attrs["placeholder"] = _("no limit")
        self.fields["over"] = forms.ChoiceField(label=_("Above the ceiling"), choices=list(OVER.items()))
        again = ((True, _("a candidate again")), (False, _("not again")))
        self.fields["again"] = forms.TypedChoiceField(
            label=_("Scored once without a grade"), choices=again, coerce=lambda value: value == "True",
        )  # fmt: skip
        self.fields["publicity_days"] = _whole(_("Publicity, working days"), 1, 30)
        for name, label in TIMES.items():
            self.fields[name] = _whole(label, 1, 2000)

    @staticmethod
    def _flat(content: Mapping[str, Any]) -> dict[str, Any]:
        flat = {name: content[name] for name in (*PLAIN, "over", "again")}
        flat["ceiling"] = content.get("ceiling") or ""
        for n, row in enumerate(content["criteria"]):
            flat |= {f"criterion-{n}-{name}": row[name] for name in (*CRITERION, "key")}
        for n, row in enumerate(content["grades"]):
            flat |= {f"grade-{n}-{name}": "" if row[name] is None else row[name] for name in GRADE}
        return flat

    # What was typed. -------------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        criteria, grades = list(self._filled("criterion", CRITERION)), list(self._filled("grade", GRADE))
        self._whole_rows("criterion", criteria, ("label", "weight"))
        self._whole_rows("grade", grades, ("name", "minimum", "amount"))
        self._named_once("criterion", "label", criteria)
        self._named_once("grade", "name", grades)
        self._weighs(criteria)
        self._from_the_best_down(grades)
        return cleaned

    def _filled(self, what: str, names: tuple[str, ...]) -> Iterator[int]:
        for n in self.criteria if what == "criterion" else self.grades:
            if any(str(self.data.get(f"{what}-{n}-{name}", "")).strip() for name in names):
                yield n

    def _whole_rows(self, what: str, rows: list[int], needed: tuple[str, ...]) -> None:
        if not rows:
            self.add_error(f"{what}-0-{needed[0]}" if f"{what}-0-{needed[0]}" in self.fields else None,
                           _("At least one is needed."))  # fmt: skip
        for n in rows:
            for name in needed:
                at = f"{what}-{n}-{name}"
                if at not in self.errors and self.cleaned_data.get(at) in (None, ""):
                    self.add_error(at, _("Fill this in, or empty the whole row."))

    def _named_once(self, what: str, name: str, rows: list[int]) -> None:
        seen: set[str] = set()
        for n in rows:
            said = self.cleaned_data.get(f"{what}-{n}-{name}") or ""
            if said and said in seen:
                self.add_error(f"{what}-{n}-{name}", gettext("%(name)s stands here twice.") % {"name": said})
            seen.add(said)

    def _weighs(self, rows: list[int]) -> None:
        weights = [self.cleaned_data.get(f"criterion-{n}-weight") for n in rows]
        if rows and all(weight == 0 for weight in weights):
            self.add_error(f"criterion-{rows[0]}-weight", _("One weight at least is above zero."))

    def _from_the_best_down(self, rows: list[int]) -> None:
        above: Decimal | None = None
        for n in rows:
            minimum = self.cleaned_data.get(f"grade-{n}-minimum")
            if minimum is not None and above is not None and minimum > above:
                words = gettext("Grades stand from the best down: at most %(score)s here.") % {"score": above}
                self.add_error(f"grade-{n}-minimum", words)
            above = minimum if minimum is not None else above

    def content(self) -> dict[str, Any]:
        """The whole version as it will be kept."""
        typed = self.cleaned_data
        made = self.before | {name: typed[name] for name in (*PLAIN, "over", "again")}
        made["ceiling"] = None if typed["ceiling"] is None else f"{typed['ceiling']:.2f}"
        made["criteria"] = self._criteria()
        made["grades"] = [self._grade(n) for n in self._filled("grade", GRADE)]
        return made

    def _criteria(self) -> list[dict[str, Any]]:
        made: list[dict[str, Any]] = []
        for n in self._filled("criterion", CRITERION):
            row = {name: self.cleaned_data[f"criterion-{n}-{name}"] for name in CRITERION}
            key = self.cleaned_data.get(f"criterion-{n}-key") or ""
            taken = {other["key"] for other in made}
            made.append({"key": key if KEY.fullmatch(key) and key not in taken else _free(taken)} | row)
        return made

    def _grade(self, n: int) -> dict[str, Any]:
        name, minimum, places, amount = (self.cleaned_data[f"grade-{n}-{part}"] for part in GRADE)
        return {"name": name, "minimum": f"{abs(minimum).normalize():f}", "places": places, "amount": f"{amount:.2f}"}

    # For the template. -----------------------------------------------------------------------------------------------

    @property
    def tables(self) -> list[Table]:
        criteria = [[self[f"criterion-{n}-{name}"] for name in CRITERION] for n in self.criteria]
        grades = [[self[f"grade-{n}-{name}"] for name in GRADE] for n in self.grades]
        return [
            Table(_("Criteria and weights"), _("zero is marked and does not count"), _heads(criteria), criteria),
            Table(_("Grades"), _("from the best down"), _heads(grades), grades),
        ]

    @property
    def keys(self) -> list[BoundField]:
        return [self[f"criterion-{n}-key"] for n in self.criteria]

    @property
    def limits(self) -> list[BoundField]:
        return [self[name] for name in ("quorum", "ceiling", "over", "again")]

    @property
    def periods(self) -> list[BoundField]:
        return [self[name] for name in ("publicity_days", *TIMES)]


def _whole(label: Any, least: int, most: int, **options: Any) -> forms.IntegerField:
    look = forms.TextInput(attrs={"inputmode": "numeric", "class": "num-r"})
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, error_messages=WHOLE, widget=look, **options
    )


def _heads(rows: list[list[BoundField]]) -> list[Any]:
    return [field.label for field in rows[0]] if rows else []


def _free(taken: set[str]) -> str:
    """A key that no other criterion of this version has."""
    return next(f"own_{letter}" for letter in map(_letters, range(MOST + 1)) if f"own_{letter}" not in taken)


def _letters(n: int) -> str:
    return chr(97 + n // 26) + chr(97 + n % 26)
