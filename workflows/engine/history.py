"""What a case has been through, read once for its page, its picture and the API."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from workflows.engine import independence, kinds, plant_calendar
from workflows.engine.models import Case, Decision, Step, WorkItem
from workflows.ledger.clock import now
from workflows.organisation.models import Person, RoleHolding

QUIET = {"claim", "release", "remind"}  # on record, but no news
# Said beside a step, deciding nothing in it.
BESIDE = {
    "transfer", "consult", "advise", "add_signer", "remove_signer", "hold", "resume", "urge", "copy", "take_back",
    "overdue", "escalate", "recount",
    "ask_correction", "drop_correction", "reassign", "restart",
}  # fmt: skip
UNDECIDED = (WorkItem.State.OPEN, WorkItem.State.PARKED)


@dataclass
class Visit:
    """One step with who sat in it and what they decided, oldest first."""

    step: Step
    title: str
    deciding: bool
    items: list[WorkItem] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    pool: list[Person] = field(default_factory=list)
    by_days: bool = False  # its clock counts days of the calendar

    @property
    def signers(self) -> list[WorkItem]:
        """Who signs, with those whose turn comes after another's; not who is only asked for an opinion.

        Nor the person above, to whom it was escalated: they decide alone.
        """
        seated = (*UNDECIDED, WorkItem.State.DONE)
        aside = (WorkItem.Origin.CONSULTED, WorkItem.Origin.ESCALATED)
        return [i for i in self.items if i.state in seated and i.origin not in aside]

    @property
    def signed(self) -> int:
        return sum(1 for i in self.signers if i.state == WorkItem.State.DONE)

    @property
    def unsigned(self) -> int:
        return len(self.signers) - self.signed

    @property
    def holders(self) -> list[Person]:
        """Whom the step waits for now: named signers and claimers, or the pool."""
        waiting = [i for i in self.items if i.state == WorkItem.State.OPEN]
        named = [i.person for i in waiting if i.person is not None]
        return named + (self.pool if any(i.person_id is None for i in waiting) else [])

    @property
    def late(self) -> bool:
        step = self.step
        return step.due_at is not None and (step.closed_at or now()) > step.due_at

    @property
    def working_time(self) -> timedelta:
        calendar = plant_calendar.of(self.step.unit or self.step.case.unit)
        return plant_calendar.working_time(self.step.opened_at, self.step.closed_at or now(), calendar)


@dataclass
class History:
    case: Case
    visits: list[Visit]
    decisions: list[Decision]  # newest first, without claims

    @property
    def present(self) -> Visit | None:
        return next((v for v in reversed(self.visits) if v.step.is_open), None)

    @property
    def last_moved(self) -> datetime:
        return self.decisions[0].decided_at if self.decisions else self.case.filed_at


def of(case: Case) -> History:
    """Read the case's history. Four statements, whatever its length; five while a pool's task is unclaimed."""
    flow = kinds.kind_of(case).flow.instance
    items: dict[int, list[WorkItem]] = defaultdict(list)
    for item in WorkItem.objects.filter(case=case).select_related("person", "unit").order_by("pk"):
        items[item.step_id].append(item)
    decisions: dict[int | None, list[Decision]] = defaultdict(list)
    everything = list(
        Decision.objects.filter(case=case).select_related("actor", "on_behalf_of").order_by("decided_at", "pk")
    )
    for decision in everything:
        decisions[decision.step_id].append(decision)
    visits = []
    for step in Step.objects.filter(case=case).select_related("unit").order_by("place"):
        node = flow.node(step.node)
        step.case = case
        visit = Visit(step, str(node.task_title), getattr(node, "deciding", False), items[step.pk], decisions[step.pk])
        visit.by_days = getattr(node, "by_days", False)
        if step.is_open:
            visit.pool = _pool(visit.items, getattr(node, "fresh", False))
        visits.append(visit)
    return History(case, visits, [d for d in reversed(everything) if d.verb not in QUIET])


def _pool(items: list[WorkItem], fresh: Any) -> list[Person]:
    """Holders of the role, but for whoever acted at the steps that keep one out of this."""
    free = next((i for i in items if i.state == WorkItem.State.OPEN and i.person_id is None), None)
    if free is None:
        return []
    held = RoleHolding.objects.in_force().filter(role=free.role, unit=free.unit).select_related("person")
    if isinstance(fresh, tuple):
        done = independence.acted_at(fresh).filter(case=free.case_id, actor__isnull=False)  # type: ignore[misc]
        held = held.exclude(person__in=done.values("actor"))
    return [h.person for h in held.order_by("person__employee_no")]
