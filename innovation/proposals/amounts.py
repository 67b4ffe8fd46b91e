"""Sums and shares as people type them: "1,234.50", "￥640", "６４０". Each refusal is a sentence for the field."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from django.utils.translation import gettext as _

_DECORATION = re.compile(r"[\s,¥元]")
_NUMBER = re.compile(r"(?P<whole>\d*)(?:\.(?P<rest>\d*))?")
MOST_WHOLE_DIGITS, LARGEST_SHARE = 8, 9999


class Unreadable(ValueError):
    """Says what to write instead."""


def read_amount(typed: str, *, places: int = 2) -> Decimal:
    """Return what was typed, not negative, below a hundred million, with at most so many places."""
    plain = _DECORATION.sub("", unicodedata.normalize("NFKC", typed))
    if plain.startswith(("-", "−", "–")):
        raise Unreadable(_("Not below zero. Extra costs have their own lines."))
    match = _NUMBER.fullmatch(plain)
    if not match or not (match["whole"] or match["rest"]) or not plain.isascii():
        raise Unreadable(_("Digits only, e.g. 236000.00."))
    if len((match["rest"] or "").rstrip("0")) > places:
        raise Unreadable(_("At most %(places)s decimal places.") % {"places": places})
    if len(match["whole"].lstrip("0")) > MOST_WHOLE_DIGITS:
        raise Unreadable(_("At most 99,999,999.99."))
    return Decimal(plain.rstrip(".") or "0").quantize(Decimal(1).scaleb(-places))


def read_share(typed: str) -> int:
    plain = unicodedata.normalize("NFKC", typed).strip()
    if not (plain.isascii() and plain.isdigit() and 1 <= int(plain[:9]) <= LARGEST_SHARE and len(plain) <= 9):
        raise Unreadable(_("A whole number from 1 up, e.g. 3."))
    return int(plain)
