"""The same figures as a spreadsheet, and one's own awards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from innovation.awards.seen.figures import FEW, Place, Solved, Year
from innovation.awards.seen.own import Own
from workflows.reports.spreadsheet import Column, Sheet


def of_years(years: Sequence[Year]) -> Sheet:
    columns = [
        Column(_("Year"), 8), Column(_("Awards"), 10), Column(_("Award money")), Column(_("Problems solved"), 12),
        Column(_("Forecast, all")), Column(_("Awards verified"), 12), Column(_("Forecast of these")),
        Column(_("Verified of these")),
    ]  # fmt: skip
    rows: list[list[Any]] = [
        [y.year, y.awards, y.amount, y.problems, y.forecast, y.verified_count, y.forecast_of_verified, y.verified]
        for y in years
    ]
    return Sheet(_("By year"), columns, rows)


def of_units(places: Sequence[Place]) -> Sheet:
    columns = [
        Column(_("Unit"), 24), Column(_("Awards"), 10), Column(_("Award money")), Column(_("People with a part"), 12),
        Column(_("People posted there"), 12), Column(_("Participation (%)"), 12),
    ]  # fmt: skip
    few = _("fewer than %(few)s people") % {"few": FEW}
    rows: list[list[Any]] = [
        [p.unit.name, p.awards, few if p.amount is None else p.amount, p.authors, p.people, p.share or ""]
        for p in places
    ]
    return Sheet(_("By unit"), columns, rows)


def of_problems(solved: Sequence[Solved]) -> Sheet:
    columns = [Column(_("Number")), Column(_("Problem"), 48), Column(_("Awards"), 10), Column(_("State"), 12)]
    rows = [[one.problem.number, one.problem.title, one.awards, one.problem.get_state_display()] for one in solved]
    return Sheet(_("Problems solved"), columns, rows)


def of_own(found: Sequence[Own]) -> Sheet:
    columns = [
        Column(_("Month"), 10), Column(_("Case")), Column(_("Title"), 40), Column(_("Grade"), 10),
        Column(_("Share"), 8), Column(_("My part (¥)")), Column(_("Paid out (¥)")), Column(_("State"), 24),
    ]  # fmt: skip
    rows = [
        [f"{one.month:%Y-%m}", one.number, one.title, one.grade, f"{one.parts}/{one.whole}", one.amount, one.paid,
         one.words]
        for one in found
    ]  # fmt: skip
    return Sheet(_("My awards"), columns, rows)
