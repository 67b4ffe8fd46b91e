"""Figures of time and share in tables."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template

from workflows.reports.process import figures, milestones

register = template.Library()


@register.filter
def hours(micros: int | None) -> str:
    """12.5, of microseconds; a dash where there is nothing or nothing may be shown."""
    found = figures.hours(micros)
    return "—" if found is None else f"{found:,}"


@register.filter
def percent(share: Decimal | None) -> str:
    """12.5%."""
    return "—" if share is None else f"{share}%"


@register.simple_tag
def step_title(kind: str, node: str | None) -> str:
    return milestones.step_title(kind, node or "")


@register.simple_tag
def standing_words(standings: Mapping[str, tuple[Any, str]], name: str) -> str:
    """What the kind calls a standing."""
    return str(standings[name][0]) if name in standings else name
