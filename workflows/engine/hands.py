"""Who had a part of a step by somebody's hand: it was transferred to them, or they were added as signers.

No role leads back to them. When the case comes back to the step (resumed, or taken back) they sit in it again, and
whoever had passed a part on does not.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists

from workflows.engine import independence
from workflows.engine.models import Case, Decision, Step, WorkItem

BY_HAND = (WorkItem.Origin.GIVEN, WorkItem.Origin.ADDED, WorkItem.Origin.CARRIED)
BY_ROLE = (WorkItem.Origin.POOL, WorkItem.Origin.NAMED)


def has_a_part(step: Any, person: Any) -> Exists:
    """One part a person: whoever sits in a step by name does not take its pool's task as well."""
    return Exists(WorkItem.objects.filter(step=step, person=person).exclude(state=WorkItem.State.CANCELLED).order_by())


@dataclass(frozen=True)
class Hands:
    """`main`: the one who has the step's own task instead of a pool or a named person. `parts`: the others."""

    main: WorkItem | None
    parts: list[WorkItem]
    passed_on: set[int | None]
    claimed_by: int | None


def of(before: Step, case: Case, *, fresh: independence.Fresh) -> Hands:
    """Of these, those who may still decide in the case. Three statements at most."""
    items = list(WorkItem.objects.filter(step=before).select_related("person").order_by("pk"))
    own = next((item for item in items if item.origin in BY_ROLE), None)
    parts = _still_there(before, items)
    first = next((item for item in parts if item.origin == WorkItem.Origin.GIVEN), None) if own is None else None
    may = _may_decide(case, parts, fresh=fresh)
    return Hands(
        main=first if first in may else None,
        parts=[part for part in may if part is not first],
        passed_on=_passed_on(before) - {item.person_id for item in items},
        claimed_by=own.person_id if own is not None and own.origin == WorkItem.Origin.POOL else None,
    )


def _still_there(before: Step, items: list[WorkItem]) -> list[WorkItem]:
    """One part a person; an added signer who was removed again has none."""
    removals = Decision.objects.filter(step=before, verb="remove_signer").values_list("data__from", flat=True)
    removed, found = Counter(removals), {}
    for item in items:
        if item.person is None or item.role or item.origin not in BY_HAND:
            continue
        if item.state == WorkItem.State.CANCELLED and removed[item.person.employee_no]:
            removed[item.person.employee_no] -= 1
        else:
            found[item.person_id] = item
    return list(found.values())


def _may_decide(case: Case, parts: list[WorkItem], *, fresh: independence.Fresh) -> list[WorkItem]:
    if not parts:
        return []
    out = independence.recused(case, {part.person_id for part in parts if part.person_id}, fresh=fresh)
    return [part for part in parts if part.person and part.person.is_active and part.person_id not in out]


def _passed_on(before: Step) -> set[int | None]:
    """At any visit of the step: a transferred part does not come back."""
    given = Decision.objects.filter(case=before.case_id, step__node=before.node, verb="transfer")
    return {absent or by for absent, by in given.values_list("on_behalf_of_id", "actor_id")}
