"""How far it falls short, and what that takes of an award: exact."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from innovation.reverification.shortfall import falls_short, part, taken

fen = some.decimals(min_value=-10_000_000, max_value=10_000_000, places=2)


@pytest.mark.parametrize(
    ("booked", "found", "tolerance", "short"),
    [("100", "90", 10, False), ("100", "89.99", 10, True), ("100", "100", 0, False), ("100", "99.99", 0, True),
     ("100", "130", 0, False), ("0", "0", 10, False), ("0", "-0.01", 10, True), ("-100", "-110", 10, False),
     ("-100", "-110.01", 10, True), ("100", "0", 100, False), ("100", "-1", 100, True)],
)  # fmt: skip
def test_exactly_the_tolerance_is_let_pass(booked: str, found: str, tolerance: int, short: bool) -> None:
    assert falls_short(Decimal(booked), Decimal(found), tolerance) is short


def test_each_author_gives_back_floored_to_the_fen() -> None:
    received = {"韩": Decimal("1111.11"), "陆": Decimal("666.67"), "纪": Decimal("222.22"), "白": Decimal("0")}
    back = taken(received, part(Decimal("90000"), Decimal("60000")))
    assert back == {"韩": Decimal("370.37"), "陆": Decimal("222.22"), "纪": Decimal("74.07")}


@given(booked=fen, found=fen, received=some.decimals(min_value=0, max_value=100_000, places=2))
def test_nobody_gives_back_more_than_they_got(booked: Decimal, found: Decimal, received: Decimal) -> None:
    share = part(booked, found)
    assert 0 <= share <= 1
    back = taken({"one": received}, share).get("one", Decimal(0))
    assert 0 <= back <= received and Fraction(received) * share - Fraction(back) < Fraction(1, 100)


@given(booked=fen, found=fen)
def test_what_falls_short_takes_something(booked: Decimal, found: Decimal) -> None:
    if falls_short(booked, found, 0):
        assert part(booked, found) > 0
