"""What stands and why: read for the operator's desk. Of a case no more than its number, its state and its step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.engine import clocks, kinds, recording, reseating, restarting
from workflows.engine.errors import Late
from workflows.engine.models import Case, Failure
from workflows.organisation.models import Person, Role
from workflows.organisation.roles import held_by

MOST = 100
PLACES = {
    "clocks": gettext_lazy("The clock could not act"),
    "decision": gettext_lazy("A decision could not be carried out"),
    "restart": gettext_lazy("Starting again failed"),
}


@dataclass(frozen=True)
class Trouble:
    """`what` is unmanned, failed, still or failure. `role` and `unit` name what is missing at an unmanned step."""

    what: str
    case: Case
    title: str
    reason: str
    since: datetime
    tries: int = 0
    role: str = ""
    unit: Any = None
    may_retry: bool = True


def paths_of(person: Person) -> list[str]:
    return [held.path for held in held_by(person) if held.role == Role.ADMINISTRATOR]


def cases_of(person: Person) -> QuerySet[Case]:
    """Cases whose machinery this administrator looks after; this says nothing about reading them."""
    under = Q(pk__in=[])
    for path in paths_of(person):
        under |= Q(unit__path__startswith=path)
    return Case.objects.filter(under)


def troubles(person: Person) -> list[Trouble]:
    """At most MOST of each sort, the longest standing first."""
    mine = cases_of(person)
    found = [*_failed(mine), *_still(mine), *_unmanned(mine), *_failures(mine)]
    return sorted(found, key=lambda trouble: trouble.since)


def _failed(mine: QuerySet[Case]) -> Iterable[Trouble]:
    tasks = restarting.failed_tasks().filter(process__case__in=mine).select_related("process__case__unit")[:MOST]
    for task in tasks:
        told = (task.data or {}).get("_exception", {}).get("title", "")
        since = task.finished or task.created
        yield Trouble("failed", task.process.case, _title(task.process.case, task.flow_task), told, since)


def _still(mine: QuerySet[Case]) -> Iterable[Trouble]:
    failed = restarting.failed_tasks().values("process_id")
    for case in (
        restarting.standing_still().filter(pk__in=mine).exclude(process__in=failed).select_related("unit")[:MOST]
    ):
        yield Trouble("still", case, "", _("No step is open, so nobody can act."), case.moved_at)


def _unmanned(mine: QuerySet[Case]) -> Iterable[Trouble]:
    steps = reseating.unmanned().filter(case__in=mine).select_related("case__unit", "unit", "task")
    for step in steps[:MOST]:
        label = str(dict(Role.choices).get(step.role, ""))
        reason = _("Nobody who may act holds the role.") if label else _("Whoever should act here has left.")
        yield Trouble("unmanned", step.case, _title(step.case, step.task.flow_task), reason, step.opened_at,
                      role=label, unit=step.unit)  # fmt: skip


def _failures(mine: QuerySet[Case]) -> Iterable[Trouble]:
    for failure in Failure.objects.open().filter(case__in=mine).select_related("case__unit")[:MOST]:
        case = failure.case
        assert case is not None
        place = str(PLACES.get(failure.place.partition(".")[0], failure.place))
        yield Trouble("failure", case, place, failure.reason, failure.first_at, tries=failure.tries,
                      may_retry=failure.place.startswith("clocks"))  # fmt: skip


def _title(case: Case, node: Any) -> str:
    return str(getattr(node, "task_title", "") or node.name)


def retry(*, actor: Person, case: Case) -> None:
    """Try again what stands, under the case's lock and on record. Raises Late when it moves already."""
    try:
        restarting.restart(actor=actor, case_id=case.pk)
    except Late:
        failing = Failure.objects.open().filter(case=case, place__startswith="clocks")
        if not failing.exists():
            raise
        _note(actor, case)
        clocks.turn()


def _note(actor: Person, case: Case) -> None:
    with kinds.kind_of(case).flow.lock(case.process_id):
        locked = Case.objects.get(pk=case.pk)
        recording.record(case=locked, step=None, item=None, actor=actor, verb="restart")
