"""What somebody looks at in the cockpit: a unit and all below, and the months up to one; nonsense is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workflows.engine.errors import NoSuchThing
from workflows.organisation.models import Person, Unit
from workflows.organisation.roles import paths_seen_by
from workflows.reports.cockpit import counting
from workflows.reports.months import month_of
from workflows.reports.process.asked import Asked
from workflows.reports.process.places import Place, Places

LENGTHS = {1: _("One month"), 3: _("Three months"), 12: _("Twelve months"), 36: _("Three years")}
USUAL = 12
Until = Callable[[Person], date | None]
_until: list[Until] = []


def register_until(ask: Until) -> None:
    """`ask(person)`: the last month whose figures this person may read now, or None for whoever reads them all."""
    if ask not in _until:
        _until.append(ask)


def told_until(person: Person) -> date | None:
    months = [month for ask in _until if (month := ask(person)) is not None]
    return min(months) if months else None


@dataclass(frozen=True)
class Look:
    """`unit` is None for whoever oversees none. `last` is the month that the page ends with; `limit` the last one that
    the person may read now, None where that is any."""

    person: Person
    places: Places
    unit: Place | None
    last: date
    length: int = USUAL
    kept: dict[str, Any] = field(default_factory=dict)
    limit: date | None = None

    @classmethod
    def of(cls, person: Person, given: Mapping[str, str]) -> Look:
        """Raises NoSuchThing for a unit that the person does not oversee. One statement."""
        rows = Unit.objects.order_by("path").values_list("pk", "name", "kind", "path", "code")
        places = Places((Place(*row) for row in rows), paths_seen_by(person))
        person.unit.names_above = [places[pk].name for pk in person.unit.ancestor_ids]
        limit = told_until(person)
        latest = _latest(limit)
        last = min(month_of(given.get("month", "")) or latest, latest)
        first = next(iter(places.choices), None)
        made = cls(person, places, first, last, _length(given.get("length", "")), limit=limit)
        if asked := given.get("unit", ""):
            made = replace(made, unit=places.shown(asked))
            if made.unit is None:
                raise NoSuchThing
        return made

    @cached_property
    def latest(self) -> date:
        return _latest(self.limit)

    @cached_property
    def months(self) -> list[date]:
        index = self.last.year * 12 + self.last.month - self.length
        return counting.months_between(date(index // 12, index % 12 + 1, 1), self.last)

    @property
    def first(self) -> date:
        return self.months[0]

    @property
    def end(self) -> date:
        """The day after the last."""
        return counting.following(self.last)

    @property
    def ends(self) -> list[date]:
        return counting.ends(self.first, self.end)

    @property
    def since(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.first, time()))

    @property
    def until(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.end, time()))

    @property
    def path(self) -> str:
        return self.unit.path if self.unit else "-"

    def once(self, name: str, reckon: Callable[[], Any]) -> Any:
        """What several panels ask is asked once a page."""
        if name not in self.kept:
            self.kept[name] = reckon()
        return self.kept[name]

    def sums(self, source: str, months: list[date] | None = None) -> counting.Sums:
        """Of the months looked at, or others. One statement for all sources together, asked once a page."""
        wanted, names = months or self.months, [one.name for one in counting.sources()]
        key = f"sums:{wanted[0]}:{wanted[-1]}"
        found = self.once(key, lambda: counting.read_all(names, wanted, self.path))
        sums: counting.Sums = found[source]
        return sums

    def asked(self, kind: str = "") -> Asked:
        """The same question to the process analytics."""
        return Asked(self.person, self.places, kind, self.unit, "", self.first, self.end - timedelta(days=1))

    @cached_property
    def words(self) -> dict[str, str]:
        usual = self.latest
        said = {
            "unit": self.unit.number if self.unit else "",
            "month": f"{self.last:%Y-%m}" if self.last != usual else "",
            "length": str(self.length) if self.length != USUAL else "",
        }
        return {name: value for name, value in said.items() if value}

    def address(self, **changes: Any) -> str:
        words = self.words | {name: str(value) for name, value in changes.items()}
        return urlencode({name: value for name, value in words.items() if value})


def _latest(limit: date | None) -> date:
    present = counting.present_month()
    return min(limit or present, present)


def _length(text: str) -> int:
    return next((length for length in LENGTHS if str(length) == text), USUAL)
