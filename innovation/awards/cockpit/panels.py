"""The funnel and the awards, what was saved against what was forecast, how long each level takes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innovation.awards.cockpit import behind
from innovation.awards.cockpit.counting import SOURCE
from workflows.reports.cockpit.counting import following
from workflows.reports.cockpit.drawing import Months
from workflows.reports.cockpit.look import Look
from workflows.reports.cockpit.panels import (
    Cell,
    Figure,
    Listed,
    Panel,
    Shown,
    count_cell,
    if_any,
    link,
    month_cell,
    share,
    share_cell,
)
from workflows.reports.process import selections, spans
from workflows.reports.process.figures import Times, hours
from workflows.reports.process.pictures import Bar, bars
from workflows.reports.process.privacy import FEW
from workflows.reports.process.times import LEVELS, level_words
from workflows.site.templatetags.assay import money

STAGES = ("filed", "accepted", "implemented", "verified")


def rows(look: Look, given: Mapping[str, str]) -> Listed | None:
    month = next((m for m in look.months if f"{m:%Y-%m}" == given.get("of", "")), None)
    first, end = (month, following(month)) if month else (look.first, look.end)
    return behind.of(given.get("what", ""), look.person, look.path, first, end)


# From an idea to an award. ------------------------------------------------------------


def funnel(look: Look) -> Shown:
    sums, panel = look.sums(SOURCE), "innovation"
    words = {"filed": _("Filed"), "accepted": _("Accepted"), "implemented": _("Implemented"), "verified": _("Verified")}
    if not any(sums.of(stage) for stage in (*STAGES, "awards")):
        return Shown(empty=_("Nothing was filed, accepted or awarded in these months."))
    filed = {"filed": _int(sums.of("filed")), "awards": _int(sums.of("awards"))}
    found = [Bar(words[s], _int(sums.of(s)), float(sums.of(s))) for s in STAGES]
    found.append(Bar(_("Awards"), _int(sums.of("awards")), float(sums.of("awards"))))
    figures = [Figure(words[s], _int(sums.of(s)), url=if_any(sums.of(s), link(look, panel, what=s))) for s in STAGES]
    given = if_any(sums.of("awards"), link(look, panel, what="awards"))
    figures.append(Figure(_("Awards"), _int(sums.of("awards")), money(sums.of("award_money")), given))
    return Shown(
        figures=figures,
        picture=bars(found, _("%(filed)s were filed and %(awards)s awarded in these months.") % filed, "f3"),
        head=[_("Month"), *words.values(), _("Awards"), _("Award money")],
        rows=[_funnel_row(look, sums, month) for month in look.months[::-1]],
        more=(f"{reverse('process_funnel')}?kind=proposal", _("The funnel of what was filed in a period")),
    )


def _funnel_row(look: Look, sums: Any, month: date) -> list[Cell]:
    def cell(what: str) -> Cell:
        return count_cell(sums.of(what, month), link(look, "innovation", what=what, of=f"{month:%Y-%m}"))

    paid = sums.of("award_money", month)
    url = link(look, "innovation", what="award_money", of=f"{month:%Y-%m}") if paid else ""
    return [month_cell(month), *map(cell, (*STAGES, "awards")), Cell(money(paid), paid, url)]


# Forecast and verified. ------------------------------------------------------------


def savings(look: Look) -> Shown:
    sums, panel = look.sums(SOURCE), "savings"
    verified, forecast, saving = sums.of("verified"), sums.of("forecast"), sums.of("saving")
    if not verified:
        return Shown(empty=_("No effect was verified in these months."))
    said = {"forecast": money(forecast), "saving": money(saving)}
    most = max(float(max(sums.of("forecast", m), sums.of("saving", m))) for m in look.months) / 10_000
    chart = Months(
        look.months, most, _("%(forecast)s were forecast and %(saving)s verified of the same proposals.") % said
    )
    for n, month in enumerate(look.months):
        chart.column(n, [(max(0.0, float(sums.of("forecast", month)) / 10_000), "f4")], 0, 2)
        chart.column(n, [(max(0.0, float(sums.of("saving", month)) / 10_000), "f2")], 1, 2)
    of = share(saving, forecast)
    return Shown(
        figures=[
            Figure(_("Forecast"), money(forecast), url=link(look, panel, what="forecast")),
            Figure(_("Verified"), money(saving), _("%(n)s of the forecast") % {"n": f"{of}%"} if of is not None else "",
                   link(look, panel, what="saving")),
            Figure(_("Effects verified"), _int(verified), url=link(look, panel, what="verified")),
        ],
        picture=chart.picture,
        keys=[("k4", _("Forecast, in ten thousand yuan")), ("k2", _("Verified, in ten thousand yuan"))],
        head=[_("Month"), _("Effects verified"), _("Forecast"), _("Verified"), _("of the forecast")],
        rows=[_saving_row(look, sums, month) for month in look.months[::-1]],
    )  # fmt: skip


def _saving_row(look: Look, sums: Any, month: date) -> list[Cell]:
    def at(what: str) -> str:
        return link(look, "savings", what=what, of=f"{month:%Y-%m}") if sums.of("verified", month) else ""

    forecast, saving = sums.of("forecast", month), sums.of("saving", month)
    return [
        month_cell(month), count_cell(sums.of("verified", month), at("verified")),
        Cell(money(forecast), forecast, at("forecast")), Cell(money(saving), saving, at("saving")),
        share_cell(saving, forecast),
    ]  # fmt: skip


# Time at each level. ------------------------------------------------------------

TIMES = f"""
SELECT s.*, h.people FROM (SELECT coalesce(level, '') AS lv, {spans.SAID} FROM span GROUP BY 1) s
JOIN (SELECT coalesce(level, '') AS lv, count(DISTINCT i.person_id) AS people FROM visit
      LEFT JOIN engine_workitem i ON i.step_id = step AND i.state = 'done' GROUP BY 1) h ON h.lv = s.lv
"""  # noqa: S608


def times(look: Look) -> Shown:
    """The steps that ended in these months. Times that few people took are said by the analytics to whom they may."""
    asked = look.asked("proposal")
    found = sorted(spans.ask(asked, selections.visits_below(asked), TIMES), key=_by_level)
    if not found:
        return Shown(empty=_("No step of a proposal ended in these months."))
    shown = [(row, Times(*row[4:7])) for row in found if row[-1] >= FEW]
    bars_of = [
        Bar(
            level_words(row[0]),
            _("%(n)s h") % {"n": f"{told.median_hours:,}"},
            float(told.median_hours or 0),
            0,
            float(told.ninth_hours or 0),
        )
        for row, told in shown
    ]
    longest = max(shown, key=lambda pair: pair[1].median or 0, default=None)
    said = {"level": level_words(longest[0][0]), "hours": longest[1].median_hours} if longest else {}
    return Shown(
        picture=bars(bars_of, _("The longest median is at %(level)s: %(hours)s working hours.") % said)
        if said
        else None,
        head=[_("Level"), _("Visits"), _("Late"), _("Working hours, median"), _("Working hours, nine in ten")],
        rows=[_time_row(look, row) for row in found],
        more=(f"{reverse('process_times')}?{asked.address()}", _("By step, and the visits behind it")),
    )


def _by_level(row: Any) -> int:
    return LEVELS.index(row[0]) if row[0] in LEVELS else len(LEVELS)


def _time_row(look: Look, row: Any) -> list[Cell]:
    level, visits, late, _due, *rest = row
    at = f"{reverse('process_visits')}?{look.asked('proposal').address(level=level or '-')}"
    told = Times(*rest[:3]) if row[-1] >= FEW else Times()
    return [
        Cell(level_words(level)), count_cell(visits, at), count_cell(late, f"{at}&late=1"), _hours(told.median),
        _hours(told.ninth),
    ]  # fmt: skip


def _hours(micros: int | None) -> Cell:
    found: Decimal | None = hours(micros)
    return Cell("—" if found is None else f"{found:,}", None if found is None else float(found))


def _int(value: Decimal) -> str:
    return f"{value:,.0f}"


PANELS = (
    Panel("innovation", gettext_lazy("From proposal to award"),
          gettext_lazy("What was filed, accepted, implemented and verified in each month, whenever it was filed; "
                       "awards by the month of their published round."), funnel, rows, 10),
    Panel("savings", gettext_lazy("Verified against forecast"),
          gettext_lazy("Annual benefit of the proposals verified in each month: as their authors forecast it, and as "
                       "it was verified. Two figures, never mixed."), savings, rows, 20),
    Panel("times", gettext_lazy("Time at each level"),
          gettext_lazy("Working hours of the steps of proposals that ended in these months; the thin line reaches to "
                       "what nine in ten did not exceed. Times that fewer than "
                       "three people took are not shown."), times,
          order=30),
)  # fmt: skip
