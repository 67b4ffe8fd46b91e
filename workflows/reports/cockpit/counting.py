"""Sums by month: from the rollup for closed months that nothing touched since, live for the present one and the rest.

A business app registers a source: one SELECT that counts the months it is given. The same statement fills the rollup
and answers for what is not in it, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from workflows.ledger.clock import now
from workflows.reports.models import Counted, CountedMonth, StaleMark

ZERO = Decimal(0)


@dataclass(frozen=True)
class Source:
    """`select`: SQL with %(months)s (first days) and %(zone)s that yields month, unit_id, party_id, name, value.
    `first`: SQL that yields the earliest month with anything in it, or NULL. `labels`: what each sum is called.
    `panel`: whose rows answer for each of them.
    """

    name: str
    select: str
    first: str
    labels: Mapping[str, Any]
    panel: str = ""


@dataclass
class Sums:
    """What was counted, by month, party and name; what has no row is nought."""

    rows: dict[tuple[date, int | None, str], Decimal] = field(default_factory=dict)

    def of(self, name: str, month: date | None = None, party: int | None = None) -> Decimal:
        """Over all months and all parties, or one of them."""
        return sum((v for m, p, v in self._named.get(name, ()) if month in (None, m) and party in (None, p)), ZERO)

    @cached_property
    def _named(self) -> dict[str, list[tuple[date, int | None, Decimal]]]:
        """A page asks some hundred times: each looks at what bears the name, not at all there is."""
        found: dict[str, list[tuple[date, int | None, Decimal]]] = {}
        for (month, party, name), value in self.rows.items():
            found.setdefault(name, []).append((month, party, value))
        return found

    def parties(self) -> set[int]:
        return {party for _month, party, _name in self.rows if party is not None}


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    _sources[source.name] = source


def sources() -> list[Source]:
    return list(_sources.values())


def source(name: str) -> Source:
    return _sources[name]


def following(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def ends(first: date, end: date) -> list[date]:
    """The first and the last month up to the day before `end`, once where they are the same."""
    last = (end - timedelta(days=1)).replace(day=1)
    return [first.replace(day=1), last] if first < last else [last]


def months_between(first: date, last: date) -> list[date]:
    """First days from `first` to `last`, both included."""
    found = [first] if first <= last else []
    while found and found[-1] < last:
        found.append(following(found[-1]))
    return found


def present_month() -> date:
    return timezone.localdate(now()).replace(day=1)


HOLDS = """
SELECT c.source, c.month FROM reports_countedmonth c WHERE c.month < %(present)s AND NOT EXISTS (
    SELECT FROM reports_stalemark s WHERE s.source = c.source AND s.month = c.month)
"""


def standing() -> dict[str, set[date]]:
    """By source the months whose rollup holds: closed, counted, and not touched since. One statement."""
    held: dict[str, set[date]] = {}
    with connection.cursor() as cursor:
        cursor.execute(HOLDS, {"present": present_month()})
        for name, month in cursor.fetchall():
            held.setdefault(name, set()).add(month)
    return held


# Which of the months hold is asked in the statement that reads them; what is left of the others is counted live.
LIVE = """
live_{n} (months) AS MATERIALIZED (
    SELECT coalesce(array_agg(m), '{{}}') FROM unnest(%(months)s::date[]) m
    WHERE m NOT IN (SELECT h.month FROM holds h WHERE h.source = %(source_{n})s))
"""
BOTH = """
SELECT %(source_{n})s::text, c.month, c.party_id, c.name, sum(c.value)
FROM reports_counted c JOIN organisation_unit u ON u.id = c.unit_id
JOIN holds h ON h.source = c.source AND h.month = c.month
WHERE c.source = %(source_{n})s AND c.month = ANY(%(months)s) AND u.path LIKE %(path)s GROUP BY 1, 2, 3, 4
UNION ALL
SELECT %(source_{n})s::text, l.month, l.party_id, l.name, sum(l.value)
FROM ({select}) l (month, unit_id, party_id, name, value)
JOIN organisation_unit u ON u.id = l.unit_id WHERE u.path LIKE %(path)s GROUP BY 1, 2, 3, 4
"""


def read(name: str, months: Collection[date], path: str, *, kept: bool = True) -> Sums:
    """These months of a source at or under the unit of this path. One statement."""
    return read_all([name], months, path, kept=kept)[name]


def read_all(names: Iterable[str], months: Collection[date], path: str, *, kept: bool = True) -> dict[str, Sums]:
    """The same of several sources, all in one statement. Not `kept`: as if there were no rollup."""
    found = {name: Sums() for name in names}
    said: dict[str, Any] = {"months": list(months), "path": f"{path}%", "zone": settings.TIME_ZONE}
    said |= {"present": present_month() if kept else date.min}
    said |= {f"source_{n}": name for n, name in enumerate(found)}
    holds = f"holds AS MATERIALIZED ({HOLDS} AND c.month = ANY(%(months)s))"
    asked = [holds, *(LIVE.format(n=n) for n in range(len(found)))]
    wanted = [BOTH.format(n=n, select=_of_live(source(name).select, n)) for n, name in enumerate(found)]
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(asked)} {' UNION ALL '.join(wanted)}", said)
        for name, month, party, what, value in cursor.fetchall():
            found[name].rows[month, party, what] = value
    return found


def _of_live(select: str, n: int) -> str:
    return select.replace("%(months)s", f"(SELECT months FROM live_{n})")  # noqa: S608 (a number of ours)


# Filling the rollup. --------------------------------------------------------------------------------------------------

FILL = """
INSERT INTO reports_counted (source, month, unit_id, party_id, name, value)
SELECT %(source)s, month, unit_id, party_id, name, sum(value)
FROM ({select}) l (month, unit_id, party_id, name, value) GROUP BY 2, 3, 4, 5 HAVING sum(value) <> 0
"""


def refresh(names: Iterable[str] = (), *, anew: bool = False) -> int:
    """Count the closed months that are missing or stale; all of them if `anew`. Safe twice. Returns how many."""
    return sum(_refresh(source(name), anew) for name in (list(names) or _sources))


@transaction.atomic
def _refresh(counted: Source, anew: bool) -> int:
    """Marks seen here are dropped only with the months they named; one that comes meanwhile stays for the next time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"cockpit:{counted.name}"])
        cursor.execute(counted.first, {"zone": settings.TIME_ZONE})
        first = cursor.fetchone()[0]
        marks = list(StaleMark.objects.filter(source=counted.name).values_list("pk", "month"))
        known = set(CountedMonth.objects.filter(source=counted.name).values_list("month", flat=True))
        closed = _closed_months(first)
        stale = {month for _pk, month in marks} | (known if anew else set())
        wanted = sorted(({*closed, *known} if anew else {*closed} - known) | (stale & {*closed, *known}))
        if wanted:
            _fill(cursor, counted, wanted)
        StaleMark.objects.filter(pk__in=[pk for pk, _month in marks]).delete()
    return len(wanted)


def _closed_months(first: Any) -> list[date]:
    if first is None:
        return []
    last = present_month()
    return [month for month in months_between(first, last) if month < last]


def _fill(cursor: Any, counted: Source, months: list[date]) -> None:
    Counted.objects.filter(source=counted.name, month__in=months).delete()
    given = {"source": counted.name, "months": months, "zone": settings.TIME_ZONE}
    cursor.execute(FILL.replace("{select}", counted.select), given)
    moment = now()
    CountedMonth.objects.bulk_create(
        [CountedMonth(source=counted.name, month=month, counted_at=moment) for month in months],
        update_conflicts=True, unique_fields=["source", "month"], update_fields=["counted_at"],
    )  # fmt: skip
