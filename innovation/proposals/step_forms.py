"""Forms of the steps that are work and no opinion. Each writes what was done when its `save` gets the turn."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.proposals import course, effect, steps
from innovation.proposals.amounts import Unreadable, read_amount
from innovation.proposals.models import Problem
from workflows.engine.models import Case
from workflows.engine.turn import Turn
from workflows.engine.work_forms import AppealForm, PhotosField
from workflows.ledger.clock import now
from workflows.organisation.models import Person, UnitKind

LONGEST_NOTE = 2000
NUMBERS = re.compile(r"[\s,;，；、]+")


class StepForm(forms.Form):
    """heading, explanation, button: what the page says around the fields. said: the message when it is done."""

    heading: Any = ""
    explanation: Any = ""
    button: Any = _("Done")
    said: Any = ""
    template = ""

    def __init__(self, data: Any = None, files: Any = None, *, turn_case: Case, person: Person) -> None:
        self.case, self.person = turn_case, person
        self.proposal = turn_case.proposal  # type: ignore[attr-defined]
        super().__init__(data, files)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def save(self, held: Turn) -> None:
        raise NotImplementedError


class AmountField(forms.CharField):
    """A sum as people type it; exact."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "placeholder": "0.00", "class": "num-r"})
        super().__init__(widget=widget, **options)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        typed = super().to_python(value)
        if not typed:
            return None
        try:
            return read_amount(typed)
        except Unreadable as refused:
            raise forms.ValidationError(str(refused))


class ColleagueField(forms.CharField):
    """An employee number, or a name that only one person of the workshop bears."""

    def __init__(self, **options: Any) -> None:
        self.people = Person.objects.none()
        super().__init__(**options)

    def to_python(self, value: Any) -> Person | None:  # type: ignore[override]
        typed = str(super().to_python(value)).split("·")[0].strip()
        if not typed:
            return None
        found = self.people.filter(employee_no=typed).first()
        if found is not None:
            return found
        named = list(self.people.filter(name=typed)[:2])
        if len(named) != 1:
            raise forms.ValidationError(
                _("More than one person bears this name; give the employee number.")
                if named
                else _("Nobody with this number or name works here now.")
            )
        return named[0]


class ProblemsField(forms.CharField):
    """Numbers of the problem ledger, in any order, parted by anything; those that the person may read."""

    def __init__(self, **options: Any) -> None:
        self.problems = Problem.objects.none()
        super().__init__(required=False, max_length=400, **options)

    def to_python(self, value: Any) -> list[Problem]:  # type: ignore[override]
        numbers = dict.fromkeys(n.upper() for n in NUMBERS.split(str(super().to_python(value))) if n)
        found = {problem.number: problem for problem in self.problems.filter(number__in=numbers)}
        if unknown := [number for number in numbers if number not in found]:
            raise forms.ValidationError(
                _("No problem that you may read has the number %(number)s.") % {"number": unknown[0]}
            )
        return list(found.values())


class ArrangementForm(StepForm):
    heading = _("Who carries it out, and until when")
    button = _("Arrange it")
    said = _("Arranged")
    template = "proposals/steps/_arrangement.html"

    implementer = ColleagueField(label=_("Implementer"), help_text=_("Name or employee number; by default the author."))
    due = forms.DateField(
        label=_("To be done by"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Say by which day."), "invalid": _("Write the day as 2026-12-31.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["implementer"].people = self.colleagues  # type: ignore[attr-defined]
        self.initial["implementer"] = f"{self.case.author.employee_no} · {self.case.author.name}"
        self.fields["implementer"].widget.attrs["list"] = "colleagues"
        self.fields["due"].widget.attrs["min"] = timezone.localdate(now()).isoformat()

    @property
    def colleagues(self) -> Any:
        """People of the case's workshop, or of its unit where there is none."""
        place = self.case.unit.at_level(UnitKind.WORKSHOP) or self.case.unit
        return Person.objects.active().under(place.path).exclude(unit__kind=UnitKind.CONTRACTOR).order_by("employee_no")

    @property
    def near(self) -> list[Person]:
        """Offered while typing: the case's own team first in mind, so its unit and the author."""
        return list(self.colleagues.select_related("unit")[:300])

    def clean_due(self) -> Any:
        due = self.cleaned_data["due"]
        if due < timezone.localdate(now()):
            raise forms.ValidationError(_("That day has passed."))
        return due

    def save(self, held: Turn) -> None:
        steps.arrange(held, implementer=self.cleaned_data["implementer"], due=self.cleaned_data["due"])


class ImplementationForm(StepForm):
    heading = _("What was done")
    button = _("Implemented")
    said = _("Implemented")

    note = forms.CharField(
        label=_("What was done, and how it runs now"), max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}), error_messages={"required": _("Say what was done.")},
    )  # fmt: skip
    photos = PhotosField(label=_("Photos after the change"), required=False, help_text=_("Photos or a PDF."))
    also_solves = ProblemsField(
        label=_("Other problems of the ledger that it solves as well"),
        help_text=_("Their numbers, e.g. NT-0012 NT-0031."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Problem.objects.visible_to(self.person).exclude(pk=self.proposal.problem_id or 0)
        self.fields["also_solves"].problems = others  # type: ignore[attr-defined]
        said = self.proposal.also_solves.order_by("number").values_list("number", flat=True)
        self.initial["also_solves"] = " ".join(said)

    def save(self, held: Turn) -> None:
        typed = self.cleaned_data
        steps.implement(held, note=typed["note"], photos=typed["photos"], also_solves=typed["also_solves"])


class EffectReportForm(StepForm):
    heading = _("What it brings in a year")
    explanation = _("Measured, not forecast: the forecast stays beside it and is not changed.")
    button = _("Report the effect")
    said = _("Effect reported")
    template = "proposals/steps/_effect.html"

    saving = AmountField(label=_("Saving a year (¥)"), error_messages={"required": _("Digits only, e.g. 236000.00.")})
    added_cost = AmountField(label=_("Added cost a year (¥)"), required=False)
    investment = AmountField(label=_("Investment, once (¥)"), required=False)
    note = forms.CharField(
        label=_("How it was measured"), max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say how it was measured.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["investment"] = f"{self.proposal.cost:.2f}"

    @property
    def years(self) -> int:
        return int(self.proposal.investment_years)

    @property
    def net(self) -> Decimal | None:
        """The net of what was typed, as the server reckons it."""
        if not self.is_bound or self.errors:
            return None
        return effect.net_annual_benefit(*self._sums(), self.years)

    @property
    def threshold(self) -> Decimal:
        return course.rules_of(self.case).finance_threshold

    def _sums(self) -> tuple[Decimal, Decimal, Decimal]:
        sums = (self.cleaned_data.get(name) or Decimal(0) for name in ("saving", "added_cost", "investment"))
        return tuple(sums)  # type: ignore[return-value]

    def save(self, held: Turn) -> None:
        saving, added_cost, investment = self._sums()
        steps.report_effect(
            held, saving=saving, added_cost=added_cost, investment=investment, note=self.cleaned_data["note"]
        )


FORMS: dict[str, type[forms.Form]] = {
    "arrangement": ArrangementForm,
    "implementation": ImplementationForm,
    "effect_report": EffectReportForm,
    "rejection": AppealForm,
}
