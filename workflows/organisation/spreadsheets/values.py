"""A cell's value as people mean it, or the reason why it is none."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from workflows.organisation.spreadsheets.cells import MOST_IN_A_CELL, Cell
from workflows.organisation.spreadsheets.workbook import serial_day

DAY = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]0{1,2}:00(?::00)?)?$")
BARE_DAY = re.compile(r"^(\d{4})(\d{2})(\d{2})$")


class NotBelieved(Exception):
    """The reason, as the end of "row 17, column C: …"."""


def refuse_kind(cell: Cell) -> None:
    if cell.kind == "formula":
        raise NotBelieved(_("a formula; write the value itself"))
    if cell.kind == "error":
        raise NotBelieved(_("an error value; write the value itself"))
    if cell.kind == "merged":
        raise NotBelieved(_("merged cells; unmerge them and fill each one"))


def text_of(value: object, *, most: int = MOST_IN_A_CELL) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | datetime | date):
        raise NotBelieved(_("%(value)s is not a text") % {"value": shown(value)})
    if isinstance(value, float):
        if not value.is_integer():
            raise NotBelieved(_("%(value)s is not a whole number") % {"value": shown(value)})
        value = int(value)
    text = " ".join(str(value).replace("\u200b", "").replace("\ufeff", "").split())
    if len(text) > most:
        raise NotBelieved(_("%(n)s characters are too many") % {"n": len(text)})
    if not text.isprintable() and any(unicodedata.category(char) in {"Cc", "Cs"} for char in text):
        raise NotBelieved(_("holds characters that cannot be shown"))
    return text


def day_of(value: object) -> str:
    if value is None:
        return ""
    found = _day(value)
    if found is None:
        raise NotBelieved(_("%(value)s is not a date") % {"value": shown(value)})
    if not 1940 <= found.year <= 2100:
        raise NotBelieved(_("the year %(year)s cannot be") % {"year": found.year})
    return found.isoformat()


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _numbered(value)
    return _written(unicodedata.normalize("NFKC", str(value)).strip())


def _numbered(value: float) -> date | None:
    """20190701 or Excel's own count of days."""
    if value == int(value) and (written := _written(str(int(value)))):
        return written
    try:
        day = serial_day(value) if 1 <= value < 80_000 else None
    except (ValueError, OverflowError):
        return None
    return day.date() if isinstance(day, datetime) else None


@lru_cache(maxsize=4096)
def _written(text: str) -> date | None:
    match = DAY.match(text) or BARE_DAY.match(text)
    if match is None:
        return None
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


def shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:40] + "…"
