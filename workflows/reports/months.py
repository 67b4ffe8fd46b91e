"""Months as addresses and choices write them: 2026-03, named by their first day."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from workflows.ledger.clock import now


def month_of(text: str) -> date | None:
    """The first day of `2026-03`; nothing where it is no month, or none that a plant speaks of."""
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == 7 and "1990" < text < "2101" else None
    except ValueError:
        return None


def months_back(number: int) -> list[date]:
    """The first days of this month and of those before it, newest first."""
    today = timezone.localdate(now())
    last = today.year * 12 + today.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(last, last - number, -1)]
