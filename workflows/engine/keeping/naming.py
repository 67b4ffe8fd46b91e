"""Holidays by the names that the package gives them, in the reader's language; and runs of like days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from workflows.engine.models import CalendarDay

NAMES = {
    "New Year's Day": _("New Year's Day"),
    "Spring Festival": _("Spring Festival"),
    "Tomb-sweeping Day": _("Tomb-sweeping Day"),
    "Labour Day": _("Labour Day"),
    "Dragon Boat Festival": _("Dragon Boat Festival"),
    "Mid-autumn Festival": _("Mid-autumn Festival"),
    "National Day": _("National Day"),
    "make-up day": _("made-up working day"),
}


def spoken(note: str) -> str:
    return str(NAMES.get(note, note))


@dataclass
class Run:
    """Days in a row that are alike."""

    first: date
    last: date
    is_working: bool
    note: str


def runs(days: Iterable[CalendarDay]) -> list[Run]:
    """The days are given in order."""
    found: list[Run] = []
    for day in days:
        alike = found and (found[-1].is_working, found[-1].note) == (day.is_working, spoken(day.note))
        if alike and found[-1].last + timedelta(days=1) == day.date:
            found[-1].last = day.date
        else:
            found.append(Run(day.date, day.date, day.is_working, spoken(day.note)))
    return found
