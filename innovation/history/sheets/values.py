"""A cell of a history file as people mean it: months, sums with commas or 万, authors with their shares."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.proposals.amounts import Unreadable, read_amount, read_share
from workflows.ledger.clock import now
from workflows.organisation.spreadsheets.cells import Cell
from workflows.organisation.spreadsheets.values import NotBelieved, day_of, refuse_kind, shown, text_of

LENGTHS = {"number": 30, "title": 120, "unit": 80, "grade": 20, "done": 2000, "description": 2000}
MOST_AUTHORS, MOST_PROBLEMS, LONGEST_CELL = 30, 30, 4000
EARLIEST = 1950
MONTH = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?份?$")
BARE_MONTH = re.compile(r"^(\d{4})(\d{2})$")
GROUPED = re.compile(r"^\d{1,3}(,\d{3})+(\.\d*)?$")
STATES = {
    "open": ("", "未解决", "待解决", "没有解决", "未攻关", "攻关中", "open", "notsolvedyet", "unsolved"),
    "solved": ("已解决", "解决", "已攻关", "solved"),
}


def meant(key: str, cell: Cell) -> Any:
    """The value, plain enough for JSON; empty for an empty cell. Raises NotBelieved."""
    refuse_kind(cell)
    return READERS.get(key, text)(key, cell.value)


def text(key: str, value: object) -> str:
    found = text_of(value, most=LONGEST_CELL)
    if key in ("number", "unit"):
        found = unicodedata.normalize("NFKC", found)
    if len(found) > LENGTHS[key]:
        raise NotBelieved(_("%(n)s characters; at most %(most)s") % {"n": len(found), "most": LENGTHS[key]})
    if found.startswith(("=", "+", "@")):
        raise NotBelieved(_("a formula; write the value itself"))
    return found


def month(key: str, value: object) -> str:
    """2024-03, of a day, of 2024年3月, 202403 or Excel's own count of days."""
    found = _month(value)
    if not found:
        return ""
    today = timezone.localdate(now())
    if not found.year >= EARLIEST or found > today:
        raise NotBelieved(_("%(month)s cannot be the month of an earlier award") % {"month": f"{found:%Y-%m}"})
    return f"{found:%Y-%m}"


def _month(value: object) -> date | None:
    if value is None or isinstance(value, date | datetime):
        return value.date() if isinstance(value, datetime) else value
    if isinstance(value, float) and not value.is_integer():
        # 2024.1 is January, or October whose zero the spreadsheet dropped.
        raise NotBelieved(_("%(value)s is not clear; write the month as 2024-03") % {"value": shown(value)})
    written = text_of(value)
    match = MONTH.match(unicodedata.normalize("NFKC", written)) or BARE_MONTH.match(written)
    try:
        if match:
            return date(int(match[1]), int(match[2]), 1)
        day = day_of(value)
    except (ValueError, NotBelieved):
        raise NotBelieved(_("%(value)s is not a month; write it as 2024-03") % {"value": shown(value)})
    return date.fromisoformat(day) if day else None


def amount(key: str, value: object) -> str:
    """A sum in yuan, exact to the fen: 3000, "¥3,000.00", "0.3万"."""
    if value is None:
        return ""
    if isinstance(value, bool | date | datetime):
        raise NotBelieved(_("%(value)s is not a sum") % {"value": shown(value)})
    if isinstance(value, float):
        value = _as_written(value)
    typed = unicodedata.normalize("NFKC", text_of(str(value))).strip("¥￥ ").removesuffix("元").strip()
    tens = typed.endswith("万")
    bare = typed.removesuffix("万").strip()
    if not bare:
        return ""
    if "," in bare and not GROUPED.match(bare):
        raise NotBelieved(_("the commas of %(value)s do not stand at the thousands") % {"value": shown(typed)})
    try:
        return str(_of_ten_thousands(bare) if tens else read_amount(bare))
    except Unreadable as reason:
        raise NotBelieved(str(reason).rstrip("。.")) from None


def _as_written(value: float) -> str:
    """0.30000000000000004 is how a spreadsheet keeps 0.3."""
    return f"{round(value, 6):.6f}".rstrip("0").rstrip(".")


def _of_ten_thousands(bare: str) -> Decimal:
    return read_amount(str((read_amount(bare, places=6) * 10000).quantize(Decimal("0.01"))))


def authors(key: str, value: object) -> list[list[Any]]:
    """[[name, number or "", share], …] of 韩铸/10001:5；陆锍/10002:3. The first author stands first."""
    found = [_author(part) for part in re.split(r"[;；、\n]", str(value or "")) if part.strip()]
    if len(found) > MOST_AUTHORS:
        raise NotBelieved(_("%(n)s authors; at most %(most)s") % {"n": len(found), "most": MOST_AUTHORS})
    for identity in {(name, number) for name, number, _share in found}:
        if sum((name, number) == identity for name, number, _share in found) > 1:
            raise NotBelieved(_("%(name)s stands there twice") % {"name": identity[0]})
    return found


def _author(part: str) -> list[Any]:
    plain = text_of(unicodedata.normalize("NFKC", part))
    who, _colon, share = plain.partition(":")
    name, _slash, number = (piece.strip() for piece in who.partition("/"))
    if not name or len(name) > 60 or len(number) > 20 or "/" in number or name.isdigit():
        raise NotBelieved(_("%(value)s does not read name/number:share") % {"value": shown(plain)})
    try:
        return [name, number, read_share(share) if share.strip() else 1]
    except Unreadable:
        raise NotBelieved(_("%(value)s: the share is a whole number from 1 up") % {"value": shown(plain)}) from None


def problems(key: str, value: object) -> list[str]:
    plain = unicodedata.normalize("NFKC", text_of(value, most=LONGEST_CELL))
    found = list(dict.fromkeys(part for part in re.split(r"[;,、\s]+", plain) if part))
    if len(found) > MOST_PROBLEMS or any(len(part) > LENGTHS["number"] for part in found):
        raise NotBelieved(_("%(value)s are no problem numbers") % {"value": shown(plain)})
    return found


def state(key: str, value: object) -> str:
    plain = "".join(text_of(value).casefold().split())
    for name, words in STATES.items():
        if plain in words:
            return name
    raise NotBelieved(_("%(value)s is neither solved nor open") % {"value": shown(plain)})


READERS: dict[str, Callable[[str, object], Any]] = {
    "month": month,
    "amount": amount,
    "saving": amount,
    "authors": authors,
    "problems": problems,
    "state": state,
}
