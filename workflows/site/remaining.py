"""How long is left, or how late it is, in the words of the clock chip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timezone import make_naive

from workflows.engine.working_hours import PlantCalendar
from workflows.site.moments import Teller

# Without a reminder of its own, a clock is coloured when this much is left.
SOON = timedelta(hours=4)
# Up to this many working days the chip counts hours, above it days.
DAYS_FROM = 3


@dataclass(frozen=True)
class Remaining:
    state: str
    late: bool
    amount: int
    unit: str


def remaining(
    calendar: PlantCalendar,
    due_at: datetime,
    *,
    until: datetime | None = None,
    remind_at: datetime | None = None,
    teller: Teller,
    by_days: bool = False,
) -> Remaining:
    """`until` is when the thing was closed; an open one is measured against the teller's moment. `by_days`: the
    deadline is the end of a day, and the days of the calendar up to it or since are counted."""
    moment = until or teller.moment
    late = moment > due_at
    worked = abs(calendar.between(make_naive(moment, teller.zone), make_naive(due_at, teller.zone)))
    unit, amount = _counted(worked, calendar.hours_a_day)
    if by_days:
        days = make_naive(moment, teller.zone).date() - make_naive(due_at, teller.zone).date()
        unit, amount = "calendar", abs(days.days)
    return Remaining(_state(late, moment, due_at, worked, until, remind_at), late, amount, unit)


def _state(
    late: bool,
    moment: datetime,
    due_at: datetime,
    left: timedelta,
    until: datetime | None,
    remind_at: datetime | None,
) -> str:
    if late:
        return "late"
    if until is not None:
        return "none"
    soon = moment >= remind_at if remind_at else left <= SOON
    return "soon" if soon else "waiting"


def _counted(worked: timedelta, hours_a_day: float) -> tuple[str, int]:
    hours = int(worked.total_seconds() // 3600)
    if hours >= DAYS_FROM * hours_a_day:
        return "days", int(hours // hours_a_day)
    return "hours", hours
