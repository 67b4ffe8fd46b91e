"""One's own times, and those of the people one stands above. Nobody else's (see `privacy`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from workflows.engine.models import WorkItem
from workflows.ledger.clock import now
from workflows.organisation.models import Person
from workflows.reports.process import selections, spans
from workflows.reports.process.asked import Asked
from workflows.reports.process.figures import Times, hours, share
from workflows.reports.process.privacy import Insight
from workflows.reports.process.spans import us, worked_until

# An item arrives, is claimed (one by name is in hand from its arrival) and is done; what stood on hold is no time.
HELD = f"{worked_until('least(held.b, z)')} - {worked_until('greatest(held.a, FROM_WHEN)')}"
ON_HOLD = (
    f"coalesce((SELECT sum({HELD}) FROM held WHERE held.step = item.step AND held.a < z AND held.b > FROM_WHEN), 0)"  # noqa: S608
)
SELECT = f"""
, item AS (
    SELECT i.person_id, i.step_id AS step, {us("i.opened_at")} AS a, {us("coalesce(i.claimed_at, i.opened_at)")} AS c,
           {us("i.closed_at")} AS z, i.due_at, i.closed_at,
           placed.no
    FROM engine_workitem i JOIN placed ON placed.step = i.step_id
    WHERE i.state = 'done' AND i.origin <> 'carried' AND i.person_id = ANY (%s)),
took AS MATERIALIZED (
    SELECT item.*, ({worked_until("z")} - {worked_until("a")} - {ON_HOLD.replace("FROM_WHEN", "a")})::bigint AS whole,
           ({worked_until("z")} - {worked_until("c")} - {ON_HOLD.replace("FROM_WHEN", "c")})::bigint AS hand
    FROM item JOIN t USING (no))
SELECT person_id, count(*), count(*) FILTER (WHERE closed_at > due_at), count(due_at),
       percentile_disc(0.5) WITHIN GROUP (ORDER BY whole), percentile_disc(0.9) WITHIN GROUP (ORDER BY whole),
       max(whole), percentile_disc(0.5) WITHIN GROUP (ORDER BY hand)
FROM took GROUP BY person_id
"""  # noqa: S608


NO_TIMES = Times()


@dataclass(frozen=True)
class PersonTime:
    """`whole`: from arrival to decision. `hand`: of it, since it was claimed. Working time in microseconds."""

    person: Person
    count: int = 0
    late: int = 0
    due: int = 0
    whole: Times = NO_TIMES
    hand: int | None = None
    open: int = 0
    open_late: int = 0

    @property
    def hand_hours(self) -> Any:
        return hours(self.hand)

    @property
    def late_share(self) -> Any:
        return share(self.late, self.due)


def of(asked: Asked) -> list[PersonTime]:
    """Oneself first, then the others by number; only who has done or has something. Three statements more."""
    known = list(Insight.of(asked.person).known)
    done = {row[0]: row[1:] for row in spans.ask(asked, selections.visits(asked), SELECT, known)}
    waits = _open(asked, known)
    shown = {asked.person.pk, *done, *waits}
    people = Person.objects.filter(pk__in=shown).select_related("unit").order_by("employee_no")
    found = [_time(person, done.get(person.pk), waits.get(person.pk, (0, 0))) for person in people]
    return sorted(found, key=lambda row: row.person.pk != asked.person.pk)


def _time(person: Person, row: tuple[Any, ...] | None, waits: tuple[int, int]) -> PersonTime:
    if row is None:
        return PersonTime(person, open=waits[0], open_late=waits[1])
    count, late, due, median, ninth, longest, hand = row
    return PersonTime(person, count, late, due, Times(median, ninth, longest), hand, *waits)


def _open(asked: Asked, known: list[int]) -> dict[int, tuple[int, int]]:
    """What is in each one's hands now, and how much of it is late."""
    mine = WorkItem.objects.filter(case__in=selections.cases(asked).order_by().values("pk"))
    rows = mine.filter(state=WorkItem.State.OPEN, person__in=known).order_by().values("person_id")
    rows = rows.annotate(n=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now())))
    return {r["person_id"]: (r["n"], r["late"]) for r in rows}
