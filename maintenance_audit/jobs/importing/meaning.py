"""One row of the file as it is meant, or why it is not taken. Nothing here asks the database."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from maintenance_audit.jobs import reasons
from maintenance_audit.jobs.importing import fields
from maintenance_audit.jobs.importing.mapping import Mapping, numbered
from maintenance_audit.jobs.models import JobState
from workflows.notices import sentences
from workflows.organisation.spreadsheets.cells import Cell
from workflows.organisation.spreadsheets.columns import bare
from workflows.organisation.spreadsheets.values import NotBelieved, day_of, refuse_kind, shown, text_of

DAYS = ("started", "completed", "accepted", "settled", "warranty")
PAST = ("started", "completed", "accepted", "settled")
LONGEST_TAG = 60
SUM = re.compile(r"-?\d{1,12}(\.\d+)?(e-?\d{1,2})?", re.IGNORECASE)
DONE = (JobState.ACCEPTED, JobState.SETTLED, JobState.WARRANTY_OVER)


@dataclass
class Meant:
    """`values` for the staging table; `faults`: (column index or -1, value, reason)."""

    values: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[int, str, str]] = field(default_factory=list)


class Reader:
    """Reads the rows of one file by its mapping. `today`: nothing that has happened lies after it."""

    def __init__(self, mapping: Mapping, today: date) -> None:
        self.mapping, self.today = mapping, today
        self.nth = 0

    def read(self, row: int, cells: list[Cell]) -> Meant:
        self.nth += 1
        meant = Meant()
        said = {key: self._cell(meant, cells, index, READERS.get(key, _text)(key))
                for key, index in self.mapping.columns.items()}  # fmt: skip
        meant.values = {"row": row, "copy": _digest(cells), "number": said.get("number") or self._number()}
        meant.values["tag"] = self._tag(meant, cells)
        for key in ("title", "scope", "section", "failure", "work_kind", "cancelled_why"):
            meant.values[key] = said.get(key) or ""
        for key in (*DAYS, "hours", "amount"):
            meant.values[key] = said.get(key)
        meant.values["state"] = said.get("state") or self.mapping.state
        meant.values["firm"] = self._firm(said, cells)
        people = {part: said[part] for part in fields.PEOPLE if said.get(part)}
        meant.values["people"] = json.dumps(people, ensure_ascii=False)
        self._require(meant)
        return meant

    def _cell(self, meant: Meant, cells: list[Cell], index: int, read: Callable[[Cell], Any]) -> Any:
        cell = cells[index] if index < len(cells) else Cell()
        try:
            return read(cell)
        except NotBelieved as reason:
            self._fault(meant, index, cell, str(reason))
            return None

    @staticmethod
    def _fault(meant: Meant, index: int, cell: Cell | None, reason: str) -> None:
        value = "" if cell is None or cell.value is None else shown(cell.value)
        meant.faults.append((index, value, reason))

    def _number(self) -> str:
        return "" if "number" in self.mapping.columns else numbered(self.mapping.prefix, self.nth)

    def _tag(self, meant: Meant, cells: list[Cell]) -> str:
        parts = [self._cell(meant, cells, index, _plain) or "" for index in self.mapping.tag]
        tag = "_".join("-".join(part for part in parts if part).split())
        index = self.mapping.tag[0] if self.mapping.tag else -1
        if not tag:
            self._fault(meant, index, None, _("the tag is empty"))
        elif len(tag) > LONGEST_TAG or "|" in tag:
            self._fault(
                meant, index, Cell(tag), _("a tag has at most %(most)s characters and no |") % {"most": LONGEST_TAG}
            )
        return tag

    def _firm(self, said: dict[str, Any], cells: list[Cell]) -> str:
        mapping = self.mapping
        if mapping.firm_rule == "column":
            return said.get("firm") or ""
        if mapping.firm_rule == "one":
            return mapping.firms[0]
        if mapping.firm_rule == "turn":
            return mapping.firm_of.get(value_of(cells, mapping.firm_by), "")
        return ""

    def _require(self, meant: Meant) -> None:
        """What a job cannot be without."""
        values, columns = meant.values, self.mapping.columns
        at = lambda key: columns.get(key, -1)  # noqa: E731
        if "number" in columns and not values["number"] and not _named(meant, at("number")):
            self._fault(meant, at("number"), None, _("the number is empty"))
        if not values["title"] and not _named(meant, at("title")):
            values["title"] = values["tag"][:120]
        if values["state"] in DONE and values["accepted"] is None and not _named(meant, at("accepted")):
            state = JobState(values["state"]).label
            self._fault(
                meant, at("accepted"), None, _("a job that is “%(state)s” needs its acceptance date") % {"state": state}
            )
        if values["state"] == JobState.CANCELLED and not values["cancelled_why"]:
            values["cancelled_why"] = sentences.written(reasons.NONE_GIVEN)
        for key in PAST:
            if values[key] and values[key] > self.today.isoformat() and not _named(meant, at(key)):
                self._fault(meant, at(key), Cell(values[key]), _("lies in the future"))


def _named(meant: Meant, index: int) -> bool:
    """The cell has been objected to already."""
    return any(index == named for named, _value, _reason in meant.faults) and index >= 0


def value_of(cells: list[Cell], index: int) -> str:
    """What stands in the cell, as a key to go by; nothing where it says that there is none."""
    try:
        return _plain(cells[index] if 0 <= index < len(cells) else Cell())
    except NotBelieved:
        return ""


def _digest(cells: list[Cell]) -> str:
    said = "\x1f".join("" if cell.value is None else str(cell.value) for cell in cells).rstrip("\x1f")
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:40]


# ------------------------------------------------------------------------------------------------------------ readers
def _plain(cell: Cell) -> str:
    """A text; what says that there is none is empty."""
    refuse_kind(cell)
    value = cell.value
    text = text_of(value if not isinstance(value, float) or value.is_integer() else str(value), most=2000)
    return "" if text.casefold() in fields.NONE else text


def _text(key: str) -> Callable[[Cell], str]:
    longest = fields.BY_KEY[key].longest

    def read(cell: Cell) -> str:
        text = _plain(cell)
        if key in ("number", "failure", "section", "firm", "work_kind", *fields.PEOPLE):
            text = unicodedata.normalize("NFKC", text)
        if key in ("number", "failure") and "|" in text:
            raise NotBelieved(_("cannot contain |"))
        if len(text) > longest:
            if key == "title":
                return text[: longest - 1] + "…"
            raise NotBelieved(_("%(n)s characters; at most %(most)s") % {"n": len(text), "most": longest})
        return text

    return read


def _day(key: str) -> Callable[[Cell], str | None]:
    def read(cell: Cell) -> str | None:
        refuse_kind(cell)
        if isinstance(cell.value, str) and cell.value.strip().casefold() in fields.NONE:
            return None
        return day_of(cell.value) or None

    return read


def _amount(key: str) -> Callable[[Cell], str | None]:
    def read(cell: Cell) -> str | None:
        refuse_kind(cell)
        text = unicodedata.normalize("NFKC", "" if cell.value is None else str(cell.value)).strip()
        if text.casefold() in fields.NONE:
            return None
        bare_text = text.strip("¥￥").removesuffix("元").replace(",", "").strip()
        if isinstance(cell.value, bool) or not SUM.fullmatch(bare_text):
            raise NotBelieved(_("%(value)s is not a number") % {"value": shown(text)})
        try:
            value = Decimal(bare_text).quantize(Decimal("0.01"))
        except InvalidOperation:
            raise NotBelieved(_("%(value)s is not a number") % {"value": shown(text)}) from None
        if abs(value) >= Decimal(10) ** (10 if key == "hours" else 12) or (key == "hours" and value < 0):
            raise NotBelieved(_("%(value)s cannot be") % {"value": shown(text)})
        return format(value, "f")

    return read


def _state(key: str) -> Callable[[Cell], str]:
    def read(cell: Cell) -> str:
        text = _plain(cell)
        found = fields.STATE_OF.get(bare(text))
        if text and found is None:
            raise NotBelieved(_("%(value)s is no state of a job") % {"value": shown(text)})
        return found or ""

    return read


READERS: dict[str, Callable[[str], Callable[[Cell], Any]]] = {
    **dict.fromkeys(DAYS, _day), "hours": _amount, "amount": _amount, "state": _state,
}  # fmt: skip
