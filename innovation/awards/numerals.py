"""Exact scores as people read them. No Django here."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from innovation.awards import recompute


def score_of(text: str) -> Fraction:
    """The score as a candidate keeps it, "247/3"."""
    above, below = text.split("/")
    return Fraction(int(above), int(below))


def plainly(value: Fraction) -> str:
    """All of it if two places hold it (78, 88.4), else three places and that more follow: 82.333…"""
    hundredths = value * 100
    if hundredths.denominator == 1:
        return recompute.shown(value).removesuffix("0").removesuffix("0").removesuffix(".")
    thousandths = value.numerator * 1000 // value.denominator
    return f"{thousandths // 1000}.{thousandths % 1000:03}…"


def left_out(marks: Sequence[Fraction]) -> set[int]:
    """Places of the highest and the lowest mark, which do not count where there are five or more."""
    if len(marks) < recompute.TRIMMED_FROM:
        return set()
    highest = max(range(len(marks)), key=lambda n: marks[n])
    lowest = min((n for n in range(len(marks)) if n != highest), key=lambda n: marks[n])
    return {highest, lowest}


def terms(marks: Sequence[Fraction]) -> str:
    """How the panel's score came about: (78 + 88 + 81) ÷ 3 = 82.333…"""
    out = left_out(marks)
    counted = [mark for n, mark in enumerate(marks) if n not in out]
    said = " + ".join(plainly(mark) for mark in counted)
    return f"({said}) ÷ {len(counted)} = {plainly(recompute.panel_score(list(marks)))}"
