"""Days of the plant calendar: one changed by hand, or a year brought in after a look."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from workflows.engine import plant_calendar
from workflows.engine.keeping import keepers, recounting
from workflows.engine.keeping.naming import spoken
from workflows.engine.keeping.sheet import Sheet
from workflows.engine.models import CalendarDay, CalendarImport
from workflows.ledger.clock import now
from workflows.organisation.errors import Refused
from workflows.organisation.models import Person


class Stale(Exception):
    """What would happen is no longer what the preview showed."""


@dataclass(frozen=True)
class Change:
    """A day that would be otherwise; `before` None = not in the calendar yet."""

    day: date
    before: bool | None
    after: bool
    note: str

    @property
    def spoken(self) -> str:
        return spoken(self.note)


@dataclass(frozen=True)
class Plan:
    """What confirming would do. `fresh`: years of which nothing is known yet."""

    changes: list[Change]
    same: int
    fresh: list[int]

    @property
    def notable(self) -> list[Change]:
        """Days that differ from what the calendar says now, or in a fresh year from Monday to Friday."""
        return [c for c in self.changes if c.after != (c.day.weekday() < 5 if c.before is None else c.before)]

    @property
    def digest(self) -> str:
        content = [[c.day.isoformat(), c.before, c.after, c.note] for c in self.changes]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def upload(*, actor: Person, name: str, sheet: Sheet, digest: str) -> CalendarImport:
    """Keep the rows for the preview; changes nothing."""
    keepers.require_keeper(actor)
    return CalendarImport.objects.create(
        uploader=actor, name=name[-255:], digest=digest, uploaded_at=now(), rows=sheet.rows,
        faults=[asdict(fault) for fault in sheet.faults],
    )  # fmt: skip


def from_package(*, actor: Person, year: int) -> CalendarImport:
    """A year as the package chinesecalendar knows it: public holidays and make-up days. Raises Refused."""
    try:
        days = plant_calendar.known_year(year)
    except NotImplementedError:
        raise Refused(
            _("The holidays of %(year)s are not known to this release; bring them in as a spreadsheet.")
            % {"year": year},
            "year",
        )
    rows = [{"date": d.date.isoformat(), "is_working": d.is_working, "note": d.note} for d in days]
    return upload(actor=actor, name=f"chinesecalendar {year}", sheet=Sheet(rows=rows), digest="0" * 64)


def plan_of(kept: CalendarImport, *, lock: bool = False) -> Plan:
    rows = [(date.fromisoformat(row["date"]), bool(row["is_working"]), str(row["note"])) for row in kept.rows]
    found = CalendarDay.objects.filter(date__in=[day for day, _working, _note in rows])
    known = {d.date: d for d in (found.select_for_update() if lock else found)}
    changes = [
        Change(day, known[day].is_working if day in known else None, working, note)
        for day, working, note in sorted(rows)
        if day not in known or (known[day].is_working, known[day].note) != (working, note)
    ]
    years = {day.year for day, _working, _note in rows}
    seen = set(CalendarDay.objects.filter(date__year__in=years).values_list("date__year", flat=True))
    return Plan(changes, len(rows) - len(changes), sorted(years - seen))


@transaction.atomic
def confirm(*, actor: Person, kept: CalendarImport, digest: str) -> Plan:
    """Write the days. A year brought in for the first time is filled up from Monday to Friday, so that it is whole."""
    keepers.require_keeper(actor)
    kept = CalendarImport.objects.select_for_update().get(pk=kept.pk, uploader=actor)
    if kept.state != CalendarImport.State.WAITING:
        raise Refused(_("This calendar was dealt with already. It was recorded once."))
    plan = plan_of(kept, lock=True)
    if plan.digest != digest:
        raise Stale
    before = plant_calendar.read()
    days = {c.day: CalendarDay(date=c.day, is_working=c.after, note=c.note) for c in plan.changes}
    for year in plan.fresh:
        for day in plant_calendar.days_of(year):
            days.setdefault(day, CalendarDay(date=day, is_working=day.weekday() < 5))
    _write(days.values())
    kept.state = CalendarImport.State.APPLIED
    kept.save(update_fields=["state"])
    keepers.record(None, "imported", actor=actor, name=kept.name, digest=plan.digest, days=len(plan.changes),
                   years=plan.fresh)  # fmt: skip
    if plan.fresh:
        recounting.later(before, plan.fresh)
    return plan


def _write(days: Any) -> None:
    CalendarDay.objects.bulk_create(
        days, update_conflicts=True, unique_fields=["date"], update_fields=["is_working", "note"]
    )
    transaction.on_commit(plant_calendar.forget)


@transaction.atomic
def discard(*, actor: Person, kept: CalendarImport) -> None:
    waiting = CalendarImport.objects.filter(pk=kept.pk, uploader=actor, state=CalendarImport.State.WAITING)
    waiting.update(state=CalendarImport.State.DISCARDED)


@transaction.atomic
def change_day(*, actor: Person, day: date, is_working: bool, note: str) -> None:
    """One day by hand, of a year that is in the calendar: a stoppage, a shift moved. Steps keep their deadlines."""
    keepers.require_keeper(actor)
    if not CalendarDay.objects.filter(date__year=day.year).exists():
        raise Refused(_("Bring the year %(year)s in first.") % {"year": day.year}, "day")
    if day < timezone.localdate(now()) - timedelta(days=31):
        raise Refused(_("A day that has long passed stays as it was."), "day")
    _write([CalendarDay(date=day, is_working=is_working, note=note[:60])])
    keepers.record(None, "day_changed", actor=actor, day=day.isoformat(), is_working=is_working, note=note[:60])
