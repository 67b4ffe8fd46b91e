"""Which days the plant works. The engine keeps the calendar and says so; until it does, Monday to Friday."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

_asked: Callable[[date], bool] | None = None


def register(is_working: Callable[[date], bool]) -> None:
    global _asked
    _asked = is_working


def is_working(day: date) -> bool:
    return _asked(day) if _asked else day.weekday() < 5
