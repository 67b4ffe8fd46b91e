"""From the lines of a calculation to a forecast annual benefit. Exact; each line is rounded half up to the fen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

FEN = Decimal("0.01")
LARGEST = Decimal("99999999.99")
# Wide enough that no product of two amounts is rounded before it is rounded to the fen.
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Line:
    """So many times a year, each worth so much; `added_cost` counts against the benefit."""

    label: str
    kind: str
    quantity: Decimal
    unit_value: Decimal

    @property
    def amount(self) -> Decimal:
        return to_fen(_EXACT.multiply(self.quantity, self.unit_value))

    @property
    def signed(self) -> Decimal:
        return -self.amount if self.kind == "added_cost" else self.amount


def to_fen(amount: Decimal) -> Decimal:
    return amount.quantize(FEN, context=_EXACT)


def total(lines: Iterable[Line]) -> Decimal:
    """Savings less added costs; the sum of what the lines show, so a reader's own addition agrees."""
    return sum((line.signed for line in lines), Decimal("0.00"))
