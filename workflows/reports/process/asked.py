"""What somebody asks of the analytics: kind, unit and period, as the address says it; nonsense is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from workflows.engine import kinds
from workflows.engine.errors import NoSuchThing
from workflows.engine.models import Step
from workflows.ledger.clock import now
from workflows.organisation.models import Person
from workflows.reports.process.calendars import Tables
from workflows.reports.process.places import Place, Places

EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
# Months that each choice reaches back, the present one included; 0 = from the beginning.
PERIODS = {"1": 1, "3": 3, "12": 12, "all": 0}
PERIOD_WORDS = {"1": _("This month"), "3": _("Three months"), "12": _("Twelve months"), "all": _("All the time")}


@dataclass(frozen=True)
class Asked:
    """`unit` stands for itself and all below; `since` and `until` are days of the plant, both included."""

    person: Person
    places: Places
    kind: str = ""
    unit: Place | None = None
    period: str = "12"
    since: date | None = None
    until: date | None = None

    @classmethod
    def of(cls, person: Person, given: Mapping[str, str]) -> Asked:
        """Raises NoSuchThing for a unit that the person does not see."""
        kind = given.get("kind", "")
        places = Places.known_to(person)
        asked = cls(person, places, kind if kind in {k.name for k in kinds.all_kinds()} else "")
        if unit := given.get("unit", ""):
            asked = replace(asked, unit=places.shown(unit))
            if asked.unit is None:
                raise NoSuchThing
        since, until = _day(given.get("since", "")), _day(given.get("until", ""))
        if since or until:
            return replace(asked, period="", since=since, until=until)
        period = given.get("period", "")
        period = period if period in PERIODS else "12"
        return replace(asked, period=period, since=_months_back(PERIODS[period]))

    @cached_property
    def start(self) -> datetime:
        return _midnight(self.since or EARLIEST)

    @cached_property
    def end(self) -> datetime:
        return _midnight((self.until or LATEST) + timedelta(days=1))

    @cached_property
    def tables(self) -> Tables:
        """The calendars to reckon by, read once for a question: back to where the oldest visit of it may begin."""
        visits = Step.objects.filter(Q(closed_at=None) | Q(closed_at__gte=self.start))
        return Tables.of(self.places, visits.filter(case__kind=self.kind) if self.kind else visits)

    @property
    def words(self) -> dict[str, str]:
        """The address's words for this question."""
        dates = {"since": self.since, "until": self.until} if not self.period else {}
        found = {"kind": self.kind, "unit": str(self.unit.pk) if self.unit else "", "period": self.period}
        found |= {name: day.isoformat() for name, day in dates.items() if day}
        return {name: value for name, value in found.items() if value and (name, value) != ("period", "12")}

    def address(self, **changes: Any) -> str:
        words = self.words | {name: str(value) for name, value in changes.items()}
        return urlencode({name: value for name, value in words.items() if value})

    def of_one_kind(self) -> Asked:
        """Funnels and months are of one kind: the one asked for, else the first there is."""
        return self if self.kind else replace(self, kind=kinds.all_kinds()[0].name)

    @property
    def described(self) -> kinds.CaseKind:
        return kinds.get(self.of_one_kind().kind)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text.strip()) if len(text) < 20 else None
    except ValueError:
        return None
    return day if day and EARLIEST <= day <= LATEST else None


def _months_back(months: int) -> date | None:
    if not months:
        return None
    today = timezone.localdate(now())
    index = today.year * 12 + today.month - months
    return date(index // 12, index % 12 + 1, 1)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
