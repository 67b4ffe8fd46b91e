"""Indicators 创标: a figure of ours over another, against a benchmark whose source is named. All of it is rule data.

The plant writes them as it writes rules: drafted by one, published by another, never edited after. What can be divided
are the sums that the sources count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from workflows.engine.kinds import Clauses
from workflows.engine.models import RuleVersion
from workflows.organisation.forms.plain import PlainForm, css_class_of
from workflows.reports.cockpit import counting
from workflows.reports.cockpit.look import Look
from workflows.reports.cockpit.panels import Cell, Panel, Shown, link, tenth
from workflows.reports.process.pictures import ROW, WIDTH, Bar, bars

KIND = "indicators"
DUE = ("label", "numerator", "denominator", "per", "better")  # once a place is used
MOST = 12
PERS = (("percent", gettext_lazy("In percent")), ("ratio", gettext_lazy("As a quotient")))
BETTERS = (("lower", gettext_lazy("Lower is better")), ("higher", gettext_lazy("Higher is better")))


def _known(name: str) -> str:
    if name not in names():
        raise ValueError(f"nothing counts {name}")
    return name


def _decimal(text: str) -> str:
    try:
        if text and not Decimal(text).is_finite():
            raise ValueError("a benchmark is a number")
    except InvalidOperation as error:
        raise ValueError("a benchmark is a number") from error
    return text


class Indicator(BaseModel):
    """`numerator` and `denominator` as `source.name`; an empty benchmark is none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: Annotated[str, Field(min_length=1, max_length=40)]
    numerator: Annotated[str, AfterValidator(_known)]
    denominator: Annotated[str, AfterValidator(_known)]
    per: Literal["percent", "ratio"] = "percent"
    better: Literal["lower", "higher"] = "lower"
    benchmark: Annotated[str, Field(max_length=12), AfterValidator(_decimal)] = ""
    source: Annotated[str, Field(max_length=120)] = ""


class IndicatorRules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    indicators: Annotated[list[Indicator], Field(max_length=MOST)] = []


_suggested: list[dict[str, str]] = []


def suggest(**indicator: Any) -> None:
    """What a business app proposes to begin with; the plant publishes its own."""
    _suggested.append(indicator)


def names() -> dict[str, Any]:
    """What may be divided: `source.name` → its words."""
    return {f"{s.name}.{name}": label for s in counting.sources() for name, label in s.labels.items()}


class IndicatorsForm(PlainForm):
    """So many places, each an indicator; a place without a name is none."""

    template = "reports/cockpit/_indicators.html"

    def __init__(self, data: Any = None, *, initial: Mapping[str, Any] | None = None) -> None:
        given = list((initial or {}).get("indicators", []))
        values = {f"{n}-{key}": str(value) for n, one in enumerate(given) for key, value in one.items()}
        super().__init__(data, initial=values)
        choices = [("", "—"), *names().items()]
        for n in range(MOST):
            for key, field in _fields(choices).items():
                self.fields[f"{n}-{key}"] = field
                field.may_be_due = key in DUE  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", css_class_of(field.widget))

    def clean(self) -> dict[str, Any]:
        for n in range(MOST):
            if self.cleaned_data.get(f"{n}-label"):
                self._clean_place(n)
        return self.cleaned_data

    def _clean_place(self, n: int) -> None:
        for key in DUE[1:]:
            if not self.cleaned_data.get(f"{n}-{key}"):
                self.add_error(f"{n}-{key}", _("This has to be filled in."))
        try:
            _decimal(self.cleaned_data.get(f"{n}-benchmark", ""))
        except ValueError:
            self.add_error(f"{n}-benchmark", _("Write a number, for example 5.0."))

    def content(self) -> dict[str, Any]:
        keys = Indicator.model_fields
        found = [{key: self.cleaned_data.get(f"{n}-{key}", "").strip() for key in keys} for n in range(MOST)]
        return {"indicators": [one for one in found if one["label"]]}

    @property
    def sections(self) -> list[dict[str, Any]]:
        return [
            {
                "label": _("Indicator %(n)s") % {"n": n + 1},
                "fields": (fields := [self[f"{n}-{key}"] for key in Indicator.model_fields]),
                "used": bool(fields[0].value()) or any(field.errors for field in fields),
            }
            for n in range(MOST)
        ]


def _fields(choices: list[tuple[str, Any]]) -> dict[str, forms.Field]:
    return {
        "label": forms.CharField(label=pgettext_lazy("indicator", "Name"), max_length=40, required=False),
        "numerator": forms.ChoiceField(label=gettext_lazy("Numerator"), choices=choices, required=False),
        "denominator": forms.ChoiceField(label=gettext_lazy("Denominator"), choices=choices, required=False),
        "per": forms.ChoiceField(label=gettext_lazy("Shown"), choices=PERS, required=False),
        "better": forms.ChoiceField(label=gettext_lazy("Which way is better"), choices=BETTERS, required=False),
        "benchmark": forms.CharField(label=gettext_lazy("Benchmark"), max_length=12, required=False),
        "source": forms.CharField(label=gettext_lazy("Where the benchmark is from"), max_length=120, required=False),
    }


def formula(indicator: Mapping[str, Any]) -> str:
    """Repeat repairs ÷ jobs × 100%."""
    known = names()
    words = f"{known.get(indicator['numerator'], '?')} ÷ {known.get(indicator['denominator'], '?')}"
    return f"{words} × 100%" if indicator.get("per", "percent") == "percent" else words


def clauses(content: Mapping[str, Any]) -> list[Clauses]:
    return [
        Clauses(
            one["label"],
            [
                (_("Formula"), formula(one)),
                (_("Which way is better"), str(dict(BETTERS)[one.get("better", "lower")])),
                (_("Benchmark"), one.get("benchmark") or "—"),
                (_("Where the benchmark is from"), one.get("source") or "—"),
            ],
        )
        for one in content.get("indicators", [])
    ]


class _Rules:
    """What the rules pages ask."""

    name, label = KIND, pgettext_lazy("rules", "Indicators")
    rules_schema, rules_form, clauses = IndicatorRules, IndicatorsForm, staticmethod(clauses)

    @property
    def first_rules(self) -> Mapping[str, Any]:
        """The apps' suggestions, in the reader's language."""
        worded = [one | {key: _(one[key]) for key in ("label", "source") if one.get(key)} for one in _suggested]
        return IndicatorRules.model_validate({"indicators": worded}).model_dump(mode="json")


RULES = _Rules()


# The panel. -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Value:
    """`value` is None where the denominator is nought: there is no data, and no division."""

    indicator: Indicator
    part: Decimal
    whole: Decimal

    @property
    def value(self) -> Decimal | None:
        if not self.whole:
            return None
        found = self.part / self.whole
        return tenth(found * 100) if self.indicator.per == "percent" else found.quantize(Decimal("0.01"))

    @property
    def benchmark(self) -> Decimal | None:
        return Decimal(self.indicator.benchmark) if self.indicator.benchmark else None

    @property
    def holds(self) -> bool | None:
        """Is it as good as the benchmark? None where one of the two is missing."""
        if self.value is None or self.benchmark is None:
            return None
        return self.value <= self.benchmark if self.indicator.better == "lower" else self.value >= self.benchmark

    @property
    def bound(self) -> str:
        """The benchmark, and on which side of it one is as good."""
        return f"{'≤' if self.indicator.better == 'lower' else '≥'} {self.said(self.benchmark)}"

    def said(self, value: Decimal | None) -> str:
        if value is None:
            return "—"
        return f"{value.normalize():f}%" if self.indicator.per == "percent" else f"{value.normalize():f}"


def in_force(look: Look) -> tuple[IndicatorRules, RuleVersion | None]:
    """The version that binds the unit, else what the apps suggest."""
    ids = [int(part) for part in look.path.strip("/").split("/") if part.isdigit()]
    version = RuleVersion.objects.in_force(KIND, ids)
    return IndicatorRules.model_validate(version.content if version else RULES.first_rules), version


def values(look: Look, rules: IndicatorRules) -> Iterator[Value]:
    for one in rules.indicators:
        yield Value(one, _sum(look, one.numerator), _sum(look, one.denominator))


def _sum(look: Look, name: str) -> Decimal:
    source, _dot, what = name.partition(".")
    return look.sums(source).of(what)


def of(look: Look) -> Shown:
    rules, version = in_force(look)
    found = list(values(look, rules))
    if not found:
        return Shown(empty=_("No indicator is published for this unit."))
    head = [_("Indicator"), _("Formula"), _("Numerator"), _("Denominator"), pgettext("indicator", "Value"),
            _("Benchmark"), _("Standing"),
            _("Where the benchmark is from")]  # fmt: skip
    note = _("By version %(n)s.") % {"n": version.number} if version else _("As suggested; no version is published.")
    return Shown(picture=_drawn(found), head=head, rows=[_row(look, one) for one in found], notes=[note])


def _drawn(found: list[Value]) -> Any:
    shown = [one for one in found if one.value is not None and one.benchmark]
    lines = [
        Bar(
            one.indicator.label,
            _("%(value)s, benchmark %(benchmark)s") % {"value": one.said(one.value), "benchmark": one.bound},
            float(one.value / one.benchmark),  # type: ignore[operator]
        )
        for one in shown
    ]
    good = {"n": sum(one.holds is True for one in found), "all": len(found)}
    made = bars(lines, _("%(n)s of %(all)s indicators are as good as their benchmark.") % good)
    if made is not None:
        at = round(WIDTH / max(line.length for line in lines), 1)
        made.paths += [("l-limit", f"M{at} {n * ROW + 16}v20") for n in range(len(lines)) if at <= WIDTH]
    return made


def _row(look: Look, one: Value) -> list[Cell]:
    words = {True: _("as good or better"), False: _("not as good"), None: _("no data") if one.value is None else "—"}
    return [
        Cell(one.indicator.label), Cell(formula(one.indicator.model_dump())),
        _linked(look, one.indicator.numerator, one.part), _linked(look, one.indicator.denominator, one.whole),
        Cell(_("no data")) if one.value is None else Cell(one.said(one.value), float(one.value)),
        Cell(one.said(one.benchmark)), Cell(words[one.holds]), Cell(one.indicator.source or "—"),
    ]  # fmt: skip


def _linked(look: Look, name: str, value: Decimal) -> Cell:
    source, _dot, what = name.partition(".")
    panel = counting.source(source).panel
    return Cell(f"{value.normalize():,f}", float(value), link(look, panel, what=what) if value and panel else "")


PANEL = Panel(
    "indicators", gettext_lazy("Indicators"),
    gettext_lazy("Each with its formula and the source of its benchmark, as published by the plant; the dashed line of "
                 "the picture stands at the benchmark. Where the denominator is nought there is no data."),
    of, order=5,
)  # fmt: skip
