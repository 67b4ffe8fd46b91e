"""Pictures over months: lines, columns and dots with their interval on one scale that begins at nought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil

from workflows.reports.process.pictures import Picture, Rect, Text, _rounded_up

WIDTH, LEFT, TOP, FLOOR, LOW, RIGHT = 440, 40, 16, 164, 24, 8
WIDE = 26  # units that a month has at least


@dataclass(frozen=True)
class Line:
    """One series: a value a month, None where there is none; dashed for a second."""

    values: Sequence[float | None]
    css: str
    dot: str
    label: str = ""
    dashed: bool = False


class Months:
    """Axes for months. `most`: the highest value; several pictures given the same one share their scale."""

    def __init__(self, months: Sequence[date], most: float, finding: str, unit: str = "", width: int = WIDTH) -> None:
        self.months, self.most = months, scale(most, percent=unit == "%")
        lines = 4 if self.most == 100 else 3
        width = max(width, LEFT + RIGHT + WIDE * len(months)) if len(months) > 15 else width
        self.step = (width - LEFT - RIGHT) / max(1, len(months))
        self.picture = Picture(width, FLOOR + LOW, finding)
        for n in range(lines + 1):
            value = Decimal(self.most) * n / lines
            y = self.y(float(value))
            self.picture.behind.append(("grid" if n else "axis", f"M{LEFT} {y}H{width}"))
            self.picture.texts.append(Text(LEFT - 5, y + 4, "t-faint t-end", f"{value.normalize():f}{unit}"))
        for n, month in enumerate(months):
            words = str(month.year) if month.month == 1 and len(months) > 12 else str(month.month)
            self.picture.texts.append(Text(self.x(n), FLOOR + 18, "t-faint t-mid", words))

    def x(self, n: int) -> float:
        return round(LEFT + (n + 0.5) * self.step, 1)

    def y(self, value: float) -> float:
        return round(FLOOR - value / self.most * (FLOOR - TOP), 1)

    def line(self, line: Line) -> None:
        """A month without a value breaks the line; one that stands alone is still a dot."""
        drawn, pen = "", "M"
        for n, value in enumerate(line.values):
            if value is None:
                pen = "M"
                continue
            drawn += f"{pen}{self.x(n)} {self.y(value)}"
            pen = "L"
            self.dot(n, value, line.dot)
        if drawn:
            self.picture.paths.insert(0, (f"{line.css} dash" if line.dashed else line.css, drawn))

    def dot(self, n: int, value: float, css: str, radius: float = 3) -> None:
        x, y = self.x(n), self.y(value)
        self.picture.paths.append((css, _circle(x, y, radius)))

    def interval(self, n: int, low: float, high: float) -> None:
        self.picture.paths.append(("l4", f"M{self.x(n)} {self.y(low)}V{self.y(high)}"))

    def column(self, n: int, parts: Sequence[tuple[float, str]], place: int = 0, of: int = 1) -> None:
        """Parts stand on each other; of several columns a month this is the one at `place`."""
        width = round(min(18, self.step * 0.7) / of, 1)
        x = round(self.x(n) - width * of / 2 + place * width, 1)
        base = 0.0
        for value, css in parts:
            top, foot = self.y(base + value), self.y(base)
            if value:
                self.picture.rects.append(Rect(x, top, width - 1, round(foot - top, 1), css))
            base += value


def scale(most: float, *, percent: bool = False) -> int:
    """The top of an axis that three lines divide well; nothing is more than a hundred percent."""
    found = _rounded_up(max(3, ceil(most)))
    return 100 if percent and 60 < most <= 100 else found


def _circle(x: float, y: float, r: float) -> str:
    return f"M{round(x - r, 1)} {y}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0"
