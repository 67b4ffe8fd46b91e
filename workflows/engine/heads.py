"""The head of what waits for a person: asked by every page, so its queries are built once for each number of pools.

A page needs two statements of it, whatever its order and conditions: which items (`Heads`, or `queue.front` under
conditions), and all that their rows show (`listing.read`). Badge, tally and first page are read off the same head.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import DateTimeField

from workflows.engine import queue, withholding
from workflows.engine.models import WorkItem
from workflows.ledger.clock import now
from workflows.organisation.absences import stands_in_for
from workflows.organisation.models import Person
from workflows.store.prepared import Given, Prepared

CAP = 100  # counts are shown as 100+; nobody needs to know that it is 3,428
Key = tuple[datetime | None, int]  # of the last row of a page: its moment in the page's order, and its number


@dataclass(frozen=True)
class Counts:
    """Capped at CAP: `open` tasks that wait for the person (claimed or to claim), and of these the late ones."""

    open: int
    late: int


def urgent(person: Person) -> list[WorkItem]:
    """The CAP most urgent. One statement; kept on the instance, which lives for one request."""
    kept: list[WorkItem] | None = getattr(person, "_urgent", None)
    if kept is None:
        kept = person._urgent = ask(person, CAP)  # type: ignore[attr-defined]
    return kept


def ask(
    person: Person, most: int, *, only_pools: bool = False, newest: bool = False, start: Key | None = None
) -> list[WorkItem]:
    """The first items in order, from the start or behind a row; they know key, holder and moments and no more."""
    seats = queue.seats_of(person)
    values: dict[str, Any] = {"person": person.pk}
    for place, (role, unit) in enumerate(seats):
        values |= {f"role_{place}": role, f"unit_{place}": unit}
    if start is not None:
        values |= {"moment": start[0], "key": start[1]}
    if only_pools and not seats:
        return []
    if withholding.of(person) is not None:  # a condition that is theirs alone: nothing is built beforehand
        ways = queue.pools(person, seats) if only_pools else queue.ways(person, seats)
        ways = ways if start is None else [queue.behind(way, *start, newest=newest) for way in ways]
        return list(light(queue.front(ways, most, queue.newest_first if newest else queue.urgent_first))[:most])
    behind = "" if start is None else "moment" if start[0] else "end"
    return _prepared(len(seats), most, only_pools, newest, behind)(**values)


@lru_cache(maxsize=100)
def _prepared(pools: int, most: int, only_pools: bool, newest: bool, behind: str) -> Prepared[WorkItem]:
    person, seats = Given("person"), [(Given(f"role_{n}"), Given(f"unit_{n}")) for n in range(pools)]
    ways = queue.pools(person, seats) if only_pools else queue.ways(person, seats)
    if behind:
        moment = Given("moment", DateTimeField()) if behind == "moment" else None
        ways = [queue.behind(way, moment, Given("key"), newest=newest) for way in ways]
    order = queue.newest_first if newest else queue.urgent_first
    return Prepared(lambda: light(queue.front(ways, most, order)[:most]))


def light(items: Any) -> Any:
    return items.only("due_at", "opened_at", "person_id")


def counts(person: Person) -> Counts:
    """Of what `urgent` has read; for a substitute with a second statement."""
    found = {item.pk: item.due_at for item in urgent(person)}
    if stands_in_for(person):
        found |= dict(queue.standing_in(person).values_list("pk", "due_at")[:CAP])
    moment = now()
    late = sum(due is not None and due < moment for due in found.values())
    return Counts(min(len(found), CAP), late)
