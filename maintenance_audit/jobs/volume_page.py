"""Pictures and tables of volumes: raw and like for like side by side, on one scale, each labelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maintenance_audit.jobs import volume
from maintenance_audit.jobs.volume import Compared, Month, Volume
from workflows.reports.process.pictures import Columns, Picture
from workflows.reports.spreadsheet import Column

MEASURES = {
    "orders": (gettext_lazy("Orders"), 1),
    "hours": (gettext_lazy("Man-hours"), 1),
    "amount": (gettext_lazy("Amount (¥)"), 2),
}


@dataclass(frozen=True)
class First:
    """A month as the columns want it."""

    first: date


def number(value: Fraction, places: int) -> Decimal:
    exact = Decimal(value.numerator) / value.denominator
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def said(value: Fraction, places: int) -> str:
    """12,345.67; orders without what is nothing behind the point."""
    text = f"{number(value, places):,.{places}f}"
    return text.removesuffix(".0").replace("-", "−")


def percent(now: Fraction, base: Fraction) -> str:
    """+12.5%, of the base; a dash where there is none."""
    share = volume.change(now, base)
    return "—" if share is None else f"{number(share * 100, 1):+}%".replace("-", "−")


def pictures(found: Compared, measure: str) -> list[dict[str, Any]]:
    """Two, on one scale: as it was counted, and like for like."""
    alike = _("Like for like: merged and split ones mapped, only what both periods have")
    pairs = [("now", "base", _("Raw: as it was counted then and now")), ("now_alike", "base_alike", alike)]
    values = [getattr(getattr(m, side), measure) for m in found.months for pair in pairs for side in pair[:2]]
    most = max(values, default=Fraction(0))
    if most <= 0:
        return []
    return [{"title": title, "picture": _drawn(found, measure, now, base, _scale(most))} for now, base, title in pairs]


def _scale(most: Fraction) -> int:
    """The next of 3, 6, 9, 15, 30 … so that the three lines are round."""
    step = 1
    while True:
        for one in (3, 6, 9, 15):
            if one * step >= most:
                return one * step
        step *= 10


def _drawn(found: Compared, measure: str, now: str, base: str, scale: int) -> Picture:
    total = found.total
    said = percent(getattr(getattr(total, now), measure), getattr(getattr(total, base), measure))
    finding = _("%(measure)s: %(change)s against the base period.") % {"measure": MEASURES[measure][0], "change": said}
    chart = Columns([First(m.month) for m in found.months], scale, finding)  # type: ignore[misc]
    for n, month in enumerate(found.months):
        for place, (side, css) in enumerate(((base, "f2"), (now, "f1"))):
            chart.column(n, max(0, float(getattr(getattr(month, side), measure))), place, css)  # type: ignore[arg-type]
    return chart.picture


def rows(found: Compared, say: Callable[[Fraction, int], Any] = said) -> list[dict[str, Any]]:
    """Each month, the total at the end; `say` is how a figure is written."""
    return [_row(month, date_format(month.month, "YEAR_MONTH_FORMAT"), say) for month in found.months] + [
        _row(found.total, _("Together"), say)
    ]


def _row(month: Month, label: str, say: Callable[[Fraction, int], Any]) -> dict[str, Any]:
    cells = []
    for measure, (title, places) in MEASURES.items():
        now, base, now_alike, base_alike = (
            getattr(getattr(month, side), measure) for side in ("now", "base", "now_alike", "base_alike")
        )
        cells.append({
            "title": title, "now": say(now, places), "base": say(base, places), "raw": percent(now, base),
            "base_alike": say(base_alike, places), "now_alike": say(now_alike, places),
            "alike": percent(now_alike, base_alike),
        })  # fmt: skip
    return {"label": label, "cells": cells}


def beside(part: Volume) -> list[tuple[Any, str]]:
    return [(title, said(getattr(part, measure), places)) for measure, (title, places) in MEASURES.items()]


def sheet_head() -> list[Column]:
    words = [_("base"), _("now"), _("raw change"), _("base, like for like"), _("now, like for like"),
             _("like-for-like change")]  # fmt: skip
    return [Column(_("Month"), 14), *(Column(f"{t} · {word}", 18) for t, _p in MEASURES.values() for word in words)]


def sheet_rows(found: Compared) -> list[list[Any]]:
    names = ("base", "now", "raw", "base_alike", "now_alike", "alike")
    return [[row["label"], *(cell[name] for cell in row["cells"] for name in names)] for row in rows(found, number)]
