"""The picture of authority: each sum as a bar, the level's ceiling as a dashed line. Lengths in drawing units."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from innovation.proposals.authority import Ceiling

LEFT, WIDTH, ROW = 64, 264, 33


@dataclass(frozen=True)
class Bar:
    label: str
    value: str
    ceiling: str
    beyond: bool
    length: int
    line: int  # where the ceiling stands, from the left edge of the picture
    top: int
    shape: str

    @property
    def line_is_right(self) -> bool:
        return self.line > LEFT + WIDTH // 2

    @property
    def text_at(self) -> int:
        return self.line - 4 if self.line_is_right else self.line + 4

    @property
    def text_top(self) -> int:
        return self.top + 25

    @property
    def label_top(self) -> int:
        return self.top + 9

    @property
    def line_top(self) -> int:
        return self.top - 5


def bars(benefit: Decimal, cost: Decimal, ceiling: Ceiling) -> list[Bar]:
    """One bar each for benefit and cost; none where the level has no ceiling."""
    rows = [(_("Benefit"), benefit, ceiling.benefit, "f1"), (_("Cost"), cost, ceiling.cost, "f2")]
    limited = [(label, value, limit, shape) for label, value, limit, shape in rows if limit is not None]
    return [_bar(n, *row) for n, row in enumerate(limited)]


def _bar(n: int, label: str, value: Decimal, limit: Decimal, shape: str) -> Bar:
    # The longer of the two nearly fills the row; a ceiling of nothing stands at the left edge.
    full = max(value, limit, Decimal("0.01")) * Decimal("1.08")
    return Bar(
        label=label,
        value=_told_apart(value, limit),
        ceiling=short(limit),
        beyond=value > limit,
        length=max(0, int(WIDTH * value / full)),
        line=LEFT + int(WIDTH * limit / full),
        top=5 + n * ROW,
        shape=shape,
    )


def _told_apart(value: Decimal, limit: Decimal) -> str:
    """A fen beyond the ceiling must not read as the ceiling."""
    return f"¥{value:,.2f}" if value != limit and short(value) == short(limit) else short(value)


def short(amount: Decimal) -> str:
    """The axis of a picture may use 万; records never do."""
    if (get_language() or "").startswith("zh"):
        return f"{(amount / 10000).quantize(Decimal('0.01'), ROUND_HALF_UP).normalize():f} 万"
    return f"¥{amount:,.0f}"
