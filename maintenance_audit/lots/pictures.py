"""Two pictures: how a plan judges lots of each quality, and where each job's digest falls between 0 and f."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from maintenance_audit.lots import sampling

LEFT, RIGHT, TOP, BOTTOM = 34, 350, 12, 150
LINE_LEFT, LINE_RIGHT = 20, 920
MOST = 60  # jobs on the line; the list has them all


@dataclass(frozen=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True)
class Curve:
    """`finding` is what the picture says, in one sentence, for whoever hears it."""

    path: str
    aql: float
    accepted: float  # y of what is accepted at the AQL
    xs: list[Tick]
    ys: list[Tick]
    finding: str
    rows: list[tuple[str, str]]


def operating_characteristic(n: int, ac: int, aql: str) -> Curve:
    """Share of nonconforming jobs across, chance that the lot is accepted up."""
    points = sampling.curve(n, ac)
    end = points[-1][0]

    def x(share: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * share / end, 1)

    def y(chance: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * chance, 1)

    level = float(Decimal(aql)) / 100
    chance = sampling.operating_characteristic(n, ac, level)
    even = next((share for share, accepted in points if accepted < 0.1), end)
    shares = [end * part / 4 for part in range(5)]
    said = _("A lot at the AQL of %(aql)s %% is accepted in %(chance)s of 100 cases; of one with %(bad)s %% nonconforming jobs at most 10 in 100.")  # fmt: skip  # noqa: E501
    return Curve(
        path="M" + " L".join(f"{x(share)} {y(accepted)}" for share, accepted in points),
        aql=x(min(level, end)),
        accepted=y(chance),
        xs=[Tick(x(share), f"{share * 100:.3g} %") for share in shares],
        ys=[Tick(y(part / 4), f"{part * 25} %") for part in (0, 2, 4)],
        finding=said % {"aql": aql, "chance": f"{chance * 100:.0f}", "bad": f"{even * 100:.3g}"},
        rows=[
            (f"{share * 100:.3g} %", f"{sampling.operating_characteristic(n, ac, share) * 100:.1f} %")
            for share in sorted({level, *shares})
        ],
    )


@dataclass(frozen=True)
class Mark:
    x: float
    number: str
    drawn: bool
    level: int  # 0, 1, 2: how high its label stands, so that neighbours do not cover each other


def line(ranked: Sequence[tuple[str, str]], drawn: set[str]) -> list[Mark]:
    """(number, digest) by rank: the digest's first digits say where between 0 and f it falls."""
    marks = []
    for place, (number, digest) in enumerate(ranked[:MOST]):
        part = int(digest[:8], 16) / 0xFFFFFFFF
        marks.append(
            Mark(round(LINE_LEFT + (LINE_RIGHT - LINE_LEFT) * part, 1), number, number in drawn, place % 2 == 0)
        )
    return marks


SIXTEENTHS = [
    Tick(round(LINE_LEFT + (LINE_RIGHT - LINE_LEFT) * n / 16, 1), f"{n:x}" if n < 16 else "") for n in range(17)
]
