"""A judge's marks of one candidate as a form, and their weighted mark with its terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from innovation.awards import recompute
from innovation.awards.marking import LONGEST_COMMENT, Written
from innovation.awards.rules import AwardRules, Criterion
from workflows.organisation.forms.plain import PlainForm, tidy

WHOLE = _("A whole number from 0 to 100.")
MOST = 100


class MarkField(forms.CharField):
    """0 to 100 in whole numbers; empty as long as it is a draft. Typed as text, so that what is wrong is kept."""

    def __init__(self, **options: Any) -> None:
        look = {"inputmode": "numeric", "autocomplete": "off", "maxlength": 6, "class": "form-control mark num"}
        super().__init__(required=False, widget=forms.TextInput(attrs=look), **options)

    def to_python(self, value: Any) -> int | None:  # type: ignore[override]
        typed = tidy(super().to_python(value) or "")
        if not typed:
            return None
        if not (_is_whole(typed) and int(typed) <= MOST):
            raise forms.ValidationError(WHOLE)
        return int(typed)


@dataclass(frozen=True)
class Row:
    criterion: Criterion
    field: BoundField
    weight: str


class MarkForm(PlainForm):
    comment = forms.CharField(
        label=_("Comment (may be left empty; published without your name)"), required=False,
        max_length=LONGEST_COMMENT, widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, rules: AwardRules, data: Any = None, *, kept: Written) -> None:
        self.rules = rules
        initial = {f"mark-{key}": value for key, value in kept.marks.items()} | {"comment": kept.comment}
        super().__init__(data, initial=initial)
        for criterion in rules.criteria:
            self.fields[f"mark-{criterion.key}"] = MarkField(label=criterion.label)

    @property
    def marks(self) -> dict[str, int]:
        """What is marked so far."""
        given = ((c.key, self.cleaned_data.get(f"mark-{c.key}")) for c in self.rules.criteria)
        return {key: value for key, value in given if value is not None}

    @property
    def rows(self) -> Iterator[Row]:
        for criterion in self.rules.criteria:
            yield Row(criterion, self[f"mark-{criterion.key}"], weight_of(criterion, self.rules))

    @property
    def typed(self) -> list[str]:
        """For handing back what was not kept."""
        marks = "，".join(f"{row.criterion.label} {value}" for row in self.rows if (value := row.field.value()))
        return [text for text in (marks, self["comment"].value() or "") if text]


def weight_of(criterion: Criterion, rules: AwardRules) -> str:
    """35 %; where the weights do not make whole percents, 1/3."""
    share = Fraction(criterion.weight * 100, sum(c.weight for c in rules.criteria))
    return f"{share}%" if share.denominator == 1 else str(share / 100)


def weighted(marks: Mapping[str, int], rules: AwardRules) -> str:
    """The judge's mark as it is shown; empty while a criterion is open."""
    if any(c.key not in marks for c in rules.criteria):
        return ""
    return recompute.shown(recompute.mark([marks[c.key] for c in rules.criteria], [c.weight for c in rules.criteria]))


def terms(marks: Mapping[str, int], rules: AwardRules) -> str:
    """28 + 22 + 13.5: what each criterion adds, rounded for reading."""
    whole = sum(c.weight for c in rules.criteria)
    added = (recompute.shown(Fraction(marks[c.key] * c.weight, whole)) for c in rules.criteria if c.key in marks)
    return " + ".join(term.rstrip("0").rstrip(".") for term in added)


def stepped(data: Any, step: str) -> Any:
    """What was typed, with one criterion a point up or down: the − and + buttons where no script runs."""
    sign, name = step[:1], f"mark-{step[1:]}"
    changed = data.copy()
    typed = tidy(changed.get(name, ""))
    if name in changed and (not typed or _is_whole(typed)):
        value = int(typed or 0) + (1 if sign == "+" else -1)
        changed[name] = str(min(MOST, max(0, value)))
    return changed


def _is_whole(typed: str) -> bool:
    """Digits that a mark may have: what else Unicode or a long paste calls a number is none."""
    return typed.isascii() and typed.isdigit() and len(typed) <= 3
