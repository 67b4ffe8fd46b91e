"""Exact fractions as people read them: rounded half up, never through a binary float."""

from __future__ import annotations

from fractions import Fraction

from django import template

register = template.Library()


def _rounded(share: Fraction | None, places: int) -> str:
    if share is None:
        return "—"
    scale = 10**places
    whole = int((abs(share) * scale * 2 + 1) // 2)
    text = f"{whole // scale}.{whole % scale:0{places}d}"
    return f"−{text}" if share < 0 and whole else text


@register.filter
def percent(share: Fraction | None) -> str:
    return "—" if share is None else f"{_rounded(share * 100, 2)}%"


@register.filter
def four(share: Fraction | None) -> str:
    return _rounded(share, 4)


@register.filter
def one(share: Fraction | None) -> str:
    return _rounded(share, 1)
