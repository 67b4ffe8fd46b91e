"""How far a re-verified benefit falls short of the booked one, and what of an award that takes with it. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

Key = TypeVar("Key")


def falls_short(booked: Decimal, found: Decimal, tolerance_percent: int) -> bool:
    """Is what was found below what was booked by more than so many percent of it? Exactly so many is no shortfall."""
    return Fraction(booked) - Fraction(found) > abs(Fraction(booked)) * tolerance_percent / 100


def part(booked: Decimal, found: Decimal) -> Fraction:
    """The missing part of the booked benefit, 0 to 1. Where nothing was booked, nothing is left of it: 1."""
    if booked <= 0:
        return Fraction(1 if found < booked else 0)
    missing = (Fraction(booked) - Fraction(found)) / Fraction(booked)
    return min(max(missing, Fraction(0)), Fraction(1))


def taken(received: Mapping[Key, Decimal], share: Fraction) -> dict[Key, Decimal]:
    """What each gives back: so much of what they have received, floored to the fen; who gives nothing is left out."""
    fen = {who: (Fraction(amount) * 100 * share).__floor__() for who, amount in received.items() if amount > 0}
    return {who: Decimal(back).scaleb(-2) for who, back in fen.items() if back > 0}
