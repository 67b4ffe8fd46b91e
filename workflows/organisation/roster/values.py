"""A cell's value as a roster means it, or the reason why it is none."""

from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from workflows.organisation.spreadsheets.cells import Cell
from workflows.organisation.spreadsheets.values import NotBelieved, day_of, refuse_kind, shown, text_of

LENGTHS = {"employee_no": 20, "name": 60, "unit_code": 40, "title": 40, "email": 254}


def meant(key: str, cell: Cell) -> str:
    """The value as text, dates as ISO, "" for an empty cell. Raises NotBelieved."""
    refuse_kind(cell)
    if key == "joined_on":
        return day_of(cell.value)
    text = text_of(cell.value)
    if key in ("employee_no", "unit_code"):
        text = unicodedata.normalize("NFKC", text).replace(" ", "")
    _require_fit(key, text)
    return text


def _require_fit(key: str, text: str) -> None:
    if len(text) > LENGTHS[key]:
        raise NotBelieved(_("%(n)s characters; at most %(most)s") % {"n": len(text), "most": LENGTHS[key]})
    if text.startswith(("=", "+", "@")):
        raise NotBelieved(_("a formula; write the value itself"))
    if key == "employee_no" and "|" in text:
        raise NotBelieved(_("cannot contain |"))
    if key == "email" and text:
        try:
            validate_email(text)
        except ValidationError:
            raise NotBelieved(_("%(value)s is not a mail address") % {"value": shown(text)})
