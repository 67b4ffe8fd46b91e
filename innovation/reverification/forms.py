"""What the owner types: the year's measured sums."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from innovation.proposals import effect
from innovation.proposals.step_forms import AmountField
from innovation.reverification import course
from workflows.engine.turn import Turn
from workflows.engine.work_forms import TextField, WorkForm

NUMBER = {"required": _("Digits only, e.g. 236000.00.")}


class YearForm(WorkForm):
    heading = _("What the year has brought")
    explanation = _("Measured over the twelve months. What was forecast and what was booked stay as they are.")
    button = _("Report the year")
    said = _("Year reported")
    template = "reverification/_year_form.html"

    saving = AmountField(label=_("Saving a year (¥)"), error_messages=NUMBER)
    added_cost = AmountField(label=_("Added cost a year (¥)"), required=False)
    investment = AmountField(label=_("Investment, once (¥)"), required=False)
    note = TextField(label=_("How it was measured"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.row = course.row_of(self.case)
        for name in ("saving", "added_cost", "investment"):
            self.fields[name].widget.attrs["class"] = "form-control num-r"
        before = self.row if self.row.saving is not None else self.row.proposal
        if before.investment is not None:
            self.initial["investment"] = f"{before.investment:.2f}"
        if self.row.saving is not None:
            self.initial["saving"], self.initial["added_cost"] = f"{before.saving:.2f}", f"{before.added_cost:.2f}"
            self.initial["note"] = self.row.note

    @property
    def years(self) -> int:
        return self.row.years

    @property
    def net(self) -> Decimal | None:
        """The net of what was typed, as the server reckons it."""
        if not self.is_bound or self.errors:
            return None
        return effect.net_annual_benefit(*self._sums(), self.years)

    def _sums(self) -> tuple[Decimal, Decimal, Decimal]:
        sums = (self.cleaned_data.get(name) or Decimal(0) for name in ("saving", "added_cost", "investment"))
        return tuple(sums)  # type: ignore[return-value]

    def save(self, held: Turn) -> None:
        saving, added_cost, investment = self._sums()
        note = self.cleaned_data["note"]
        course.row_of(held.case).report(saving=saving, added_cost=added_cost, investment=investment, note=note)
        said = {"saving": str(saving), "added_cost": str(added_cost), "investment": str(investment)}
        held.complete(note, data=said)
