"""The calendars that visits are reckoned by: the plant's, and those of units that work in shifts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Min, QuerySet

from workflows.engine import plant_calendar
from workflows.engine.models import Step
from workflows.engine.working_hours import PlantCalendar
from workflows.ledger.clock import now
from workflows.reports.process.places import Places
from workflows.reports.process.worktime import WorkTable


@dataclass(frozen=True)
class Tables:
    """`tables[0]` is the plant's. `own`: units that work by another one, their units below included → its place."""

    tables: tuple[WorkTable, ...]
    own: dict[int, int]

    @classmethod
    def of(cls, places: Places, visits: QuerySet[Step]) -> Tables:
        """From the month in which the first of these visits began to tomorrow. One statement besides the calendars',
        which are kept for a minute."""
        first = visits.aggregate(first=Min("opened_at"))["first"] or now()
        first = first.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        last = now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)
        plant, shifts = plant_calendar.all_in_force()
        numbers = {unit: place for place, unit in enumerate(shifts, start=1)}
        own = {}
        for place in places.all.values() if shifts else ():
            nearest = next((int(pk) for pk in reversed(place.path.split("/")) if pk and int(pk) in shifts), None)
            if nearest is not None:
                own[place.pk] = numbers[nearest]
        tables = tuple(_table(_Kept(calendar), first, last) for calendar in (plant, *shifts.values()))
        return cls(tables, own)

    def for_step(self, step: Step) -> WorkTable:
        """Where the work is done counts, else where the case is from: as for deadlines."""
        return self.tables[self.own.get(step.unit_id or step.case.unit_id, 0)]


class _Kept:
    """A calendar as a key: equal when it says the same."""

    def __init__(self, calendar: PlantCalendar) -> None:
        self.calendar = calendar

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept) and self.calendar == other.calendar

    def __hash__(self) -> int:
        return hash((self.calendar.periods, self.calendar.rotation, len(self.calendar.days)))


@lru_cache(maxsize=16)
def _table(kept: _Kept, first: datetime, last: datetime) -> WorkTable:
    """Kept until the calendar or the day changes: a few milliseconds for each year."""
    return WorkTable.of(kept.calendar, ZoneInfo(settings.TIME_ZONE), first, last)
