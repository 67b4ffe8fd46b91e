"""Pictures of figures: shapes with places in numbers, drawn by one template, coloured by the stylesheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from workflows.reports.process.figures import HOUR, hours
from workflows.reports.process.funnel import FunnelFigure
from workflows.reports.process.months import Month, MonthsFigure
from workflows.reports.process.returns import ReturnsFigure
from workflows.reports.process.times import TimesFigure
from workflows.reports.process.waiting import WaitingFigure

WIDTH, ROW, BAR = 360, 40, 12
FIGURE = 448  # what `.fig` gives a picture at most
MOST = 16  # bars in one picture; the table has them all


@dataclass(frozen=True)
class Rect:
    x: float
    y: float
    width: float
    height: float
    css: str


@dataclass(frozen=True)
class Text:
    x: float
    y: float
    css: str
    text: str


@dataclass
class Picture:
    """`finding` is what the picture says, in one sentence, for whoever hears it."""

    width: int
    height: int
    finding: str
    behind: list[tuple[str, str]] = field(default_factory=list)
    rects: list[Rect] = field(default_factory=list)
    paths: list[tuple[str, str]] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)

    @property
    def wide(self) -> bool:
        """Drawn in its own size and scrolled: squeezed into a figure its words could not be read."""
        return self.width > FIGURE


@dataclass(frozen=True)
class Bar:
    """A labelled bar: a length, another part of it in a second colour, a thin line that reaches further."""

    label: str
    words: str
    length: float
    part: float = 0
    reach: float = 0


def bars(found: Sequence[Bar], finding: str, css: str = "f1", part_css: str = "f-late") -> Picture | None:
    """Bars below each other on one scale that begins at nought; nothing to draw, no picture."""
    found = found[:MOST]
    most = max((max(bar.length, bar.reach) for bar in found), default=0)
    if not most:
        return None
    picture = Picture(WIDTH, ROW * len(found), finding)
    for n, bar in enumerate(found):
        top = n * ROW
        length, part, reach = (round(value / most * WIDTH, 1) for value in (bar.length, bar.part, bar.reach))
        picture.texts += [Text(0, top + 13, "t-strong", bar.label), Text(WIDTH, top + 13, "t-end", bar.words)]
        picture.rects += [Rect(0, top + 20, WIDTH, BAR, "f-soft"), Rect(0, top + 20, length, BAR, css)]
        if part:
            picture.rects.append(Rect(0, top + 20, part, BAR, part_css))
        if reach > length:
            picture.paths.append(("l4", f"M{length} {top + 26}H{reach}M{reach} {top + 21}v10"))
    return picture


def of_times(figure: TimesFigure) -> Picture | None:
    """Median as a bar, nine in ten as the line behind it."""
    shown = [step for step in figure.steps if step.said.worked.median is not None]
    slowest = max(shown, key=lambda step: step.said.worked.median or 0, default=None)
    if slowest is None:
        return None
    finding = _("The longest median is at “%(step)s”: %(hours)s working hours.") % {
        "step": slowest.title, "hours": _number(slowest.said.worked.median),
    }  # fmt: skip
    return bars(
        [
            Bar(s.title, _number(s.said.worked.median), _float(s.said.worked.median), 0, _float(s.said.worked.ninth))
            for s in shown
        ],
        finding,
    )


def of_waiting(figure: WaitingFigure) -> Picture | None:
    """What is in whose hands now; the late part red."""
    busy = [hand for hand in figure.hands if hand.wait.open]
    if not busy:
        return None
    finding = _("Most wait with %(who)s: %(count)s.") % {"who": busy[0].title, "count": busy[0].wait.open}
    return bars([Bar(h.title, str(h.wait.open), h.wait.open, h.wait.late) for h in busy], finding, "f2")


def of_returns(figure: ReturnsFigure) -> Picture | None:
    top = [r for r in figure.returners if r.returned]
    if not top:
        return None
    finding = _("“%(step)s” returns most: %(count)s of %(judged)s judged.") % {
        "step": top[0].title, "count": top[0].returned, "judged": top[0].judged,
    }  # fmt: skip
    return bars([Bar(r.title, f"{r.returned} / {r.judged}", r.judged, r.returned) for r in top], finding, "f4", "f1")


def of_funnel(figure: FunnelFigure) -> Picture | None:
    """How many got there; in the second colour, how many of them have left by an exit at this stage."""
    if not figure.filed:
        return None
    last = figure.stages[-1]
    finding = _("Of %(filed)s filed, %(reached)s have got to “%(stage)s”.") % {
        "filed": figure.filed, "reached": last.reached, "stage": last.milestone.label,
    }  # fmt: skip
    found = [
        Bar(str(s.milestone.label), f"{s.reached} · {s.of_filed}%", s.reached, sum(s.exits.values()))
        for s in figure.stages
    ]
    return bars(found, finding, "f3")


def of_months(figure: MonthsFigure) -> Picture | None:
    """Filed and ended, two columns a month."""
    months = figure.months
    most = max((max(m.filed, m.closed) for m in months), default=0)
    if not most:
        return None
    filed, closed = sum(m.filed for m in months), sum(m.closed for m in months)
    finding = _("%(filed)s were filed and %(closed)s ended in these months.") % {"filed": filed, "closed": closed}
    chart = Columns(months, _rounded_up(most), finding)
    for n, month in enumerate(months):
        chart.column(n, month.filed, 0, "f1")
        chart.column(n, month.closed, 1, "f2")
    return chart.picture


def of_lateness(figure: MonthsFigure) -> Picture | None:
    """The late share of what was done in each month, in percent."""
    shares = [(n, m.late_share) for n, m in enumerate(figure.months) if m.late_share is not None]
    if not shares:
        return None
    worst = max(shares, key=lambda pair: pair[1])
    finding = _("The late share was highest in %(month)s: %(share)s%%.") % {
        "month": month_words(figure.months[worst[0]]), "share": worst[1],
    }  # fmt: skip
    chart = Columns(figure.months, max(10, _rounded_up(int(worst[1]) + 1)), finding, "%")
    points = [(chart.middle(n), chart.height_of(float(value))) for n, value in shares]
    chart.picture.paths.append(("l1", "M" + "L".join(f"{x} {y}" for x, y in points)))
    return chart.picture


def month_words(month: Month) -> str:
    return date_format(month.first, "YEAR_MONTH_FORMAT")


class Columns:
    """Axes for months: a scale at the left with three lines, the months below. 24 units a month at least."""

    LEFT, TOP, FLOOR, LOW = 34, 12, 150, 20

    def __init__(self, months: Sequence[Month], most: int, finding: str, unit: str = "") -> None:
        self.most = most
        width = max(WIDTH, self.LEFT + 26 * len(months))
        self.step = (width - self.LEFT) / max(1, len(months))
        self.picture = Picture(width, self.FLOOR + self.LOW, finding)
        for n in range(4):
            value = Decimal(most) * n / 3
            y = self.height_of(float(value))
            self.picture.behind.append(("grid" if n else "axis", f"M{self.LEFT} {y}H{width}"))
            self.picture.texts.append(Text(self.LEFT - 5, y + 4, "t-faint t-end", f"{value.normalize():f}{unit}"))
        for n, month in enumerate(months):
            words = str(month.first.year) if month.first.month == 1 and len(months) > 12 else str(month.first.month)
            self.picture.texts.append(Text(self.middle(n), self.FLOOR + 16, "t-faint t-mid", words))

    def height_of(self, value: float) -> float:
        return round(self.FLOOR - value / self.most * (self.FLOOR - self.TOP), 1)

    def middle(self, n: int) -> float:
        return round(self.LEFT + (n + 0.5) * self.step, 1)

    def column(self, n: int, value: int, place: int, css: str) -> None:
        width = round(min(12, self.step * 0.36), 1)
        top = self.height_of(value)
        x = round(self.middle(n) - width + place * width, 1)
        self.picture.rects.append(Rect(x, top, width - 1, round(self.FLOOR - top, 1), css))


def _rounded_up(most: int) -> int:
    """The next number that three lines divide well: 3, 6, 9 … 27, 30, 60 … 270, 300 …"""
    return next(n * 10**power for power in range(12) for n in range(3, 30, 3) if n * 10**power >= most)


def _float(micros: int | None) -> float:
    return (micros or 0) / HOUR


def _number(micros: int | None) -> str:
    return f"{hours(micros):,}"
