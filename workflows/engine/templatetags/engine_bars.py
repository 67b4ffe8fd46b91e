"""Bars in SVG: widths are counted here, so that templates hold no arithmetic and pages no inline style."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.utils.translation import ngettext

from workflows.engine.views.rules_what_if import names
from workflows.engine.what_if import WhatIf

register = template.Library()
WIDTH, GAP, LEAST = 296, 2, 6
FILLS = {"same": "f4", "lower": "f2", "higher": "f-late", "vote": "f1", "path": "f3", "times": "f-soft"}


@dataclass(frozen=True)
class Part:
    label: str
    n: int
    fill: str
    x: int
    width: int


@dataclass(frozen=True)
class Bar:
    title: str
    parts: list[Part]


@register.simple_tag
def tried_bar(tried: WhatIf) -> Bar:
    """How many of the cases go which way, the same first; no part is thinner than can be seen."""
    counts = [(kind, tried.counts[kind]) for kind in FILLS if tried.counts[kind]]
    total = sum(n for _kind, n in counts)
    room = WIDTH - GAP * (len(counts) - 1) - LEAST * len(counts)
    parts, x = [], 0
    for kind, n in counts:
        width = LEAST + room * n // total
        parts.append(Part(names()[kind], n, FILLS[kind], x, width))
        x += width + GAP
    return Bar(ngettext("%(n)s case tried", "%(n)s cases tried", total) % {"n": total}, parts)
