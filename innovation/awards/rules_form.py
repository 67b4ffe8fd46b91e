"""The form that writes a version of the award rules: criteria, grades, quorum, budget, periods."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation.awards.clauses import OVER, TIMES
from innovation.awards.rules import DEFAULT_RULES
from innovation.proposals.step_forms import AmountField
from workflows.engine.table_rules import WHOLE, Table, TableRulesForm, whole

CRITERION, GRADE = ("label", "weight"), ("name", "minimum", "places", "amount")
PLAIN = ("quorum", "publicity_days", *TIMES)
HOLDS = {"criterion": "criteria", "grade": "grades"}  # a table's name in the rules


class MinimumField(forms.DecimalField):
    def __init__(self, **options: Any) -> None:
        words = WHOLE | {"invalid": _("A score from 0 to 100, e.g. 87.5.")}
        super().__init__(
            required=False, min_value=Decimal(0), max_value=Decimal(100), max_digits=9, decimal_places=6,
            error_messages=words, widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "num-r"}), **options,
        )  # fmt: skip


class AwardRulesForm(TableRulesForm):
    template = "awards/_rules_form.html"
    columns = {"criterion": CRITERION, "grade": GRADE}
    needed = {"criterion": CRITERION, "grade": ("name", "minimum", "amount")}
    keyed = ("criterion",)

    def __init__(self, data: Any = None, *, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, first=DEFAULT_RULES, initial=initial)

    def kept(self, table: str) -> int:
        return len(self.before[HOLDS[table]])

    def row(self, table: str) -> dict[str, forms.Field]:
        if table == "criterion":
            return {
                "label": forms.CharField(label=_("Criterion"), max_length=20, required=False),
                "weight": whole(_("Weight"), 0, 1000, required=False),
            }
        places = whole(_("Places"), 1, 10_000, required=False)
        places.widget.attrs["placeholder"] = _("no limit")
        return {
            "name": forms.CharField(label=_("Grade"), max_length=20, required=False),
            "minimum": MinimumField(label=_("From score")),
            "places": places,
            "amount": AmountField(label=_("Amount (¥)"), required=False),
        }

    def rest(self) -> dict[str, forms.Field]:
        ceiling = AmountField(label=_("Ceiling of a round (¥)"), required=False)
        ceiling.widget.attrs["placeholder"] = _("no limit")
        again = ((True, _("a candidate again")), (False, _("not again")))
        return {
            "quorum": whole(_("Marks that a candidate needs"), 1, 100),
            "ceiling": ceiling,
            "over": forms.ChoiceField(label=_("Above the ceiling"), choices=list(OVER.items())),
            "again": forms.TypedChoiceField(
                label=_("Scored once without a grade"), choices=again, coerce=lambda value: value == "True"
            ),
            "publicity_days": whole(_("Publicity, working days"), 1, 30),
        } | {name: whole(label, 1, 2000) for name, label in TIMES.items()}

    def flat(self, content: Mapping[str, Any]) -> dict[str, Any]:
        flat = {name: content[name] for name in (*PLAIN, "over", "again")}
        flat["ceiling"] = content.get("ceiling") or ""
        for n, row in enumerate(content["criteria"]):
            flat |= {f"criterion-{n}-{name}": row[name] for name in (*CRITERION, "key")}
        for n, row in enumerate(content["grades"]):
            flat |= {f"grade-{n}-{name}": "" if row[name] is None else row[name] for name in GRADE}
        return flat

    # What was typed. -------------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        criteria, grades = list(self.filled("criterion")), list(self.filled("grade"))
        self._named_once("criterion", "label", criteria)
        self._named_once("grade", "name", grades)
        self._weighs(criteria)
        self._from_the_best_down(grades)
        return cleaned

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
        made["criteria"] = self.typed("criterion")
        made["grades"] = [_grade(**row) for row in self.typed("grade")]
        return made

    # For the template. -----------------------------------------------------------------------------------------------

    @property
    def tables(self) -> list[Table]:
        return [
            self.shown("criterion", _("Criteria and weights"), _("zero is marked and does not count")),
            self.shown("grade", _("Grades"), _("from the best down")),
        ]

    @property
    def limits(self) -> list[BoundField]:
        return [self[name] for name in ("quorum", "ceiling", "over", "again")]

    @property
    def periods(self) -> list[BoundField]:
        return [self[name] for name in ("publicity_days", *TIMES)]


def _grade(name: str, minimum: Decimal, places: int | None, amount: Decimal) -> dict[str, Any]:
    return {"name": name, "minimum": f"{abs(minimum).normalize():f}", "places": places, "amount": f"{amount:.2f}"}
