"""The few most urgent things that wait for a person, as the home page shows them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from workflows.engine import kinds, queue
from workflows.engine.kinds import Line
from workflows.engine.models import Case, WorkItem
from workflows.engine.models.step import Mode
from workflows.ledger.clock import now
from workflows.organisation.models import Person

MOST = 4
MANY = {Mode.ALL, Mode.VOTE}


@dataclass(frozen=True)
class Row:
    item: WorkItem
    line: Line
    url: str
    edge: str  # the row's own state: only late is coloured
    state: str
    words: str

    @property
    def case(self) -> Case:
        return self.item.case


def urgent(person: Person) -> list[Row]:
    """Three statements, and one more a kind for the words of its rows."""
    items = list(queue.with_cases(queue.waiting_for(person))[:MOST])
    lines, signed = _lines(items), _signed(items)
    return [_row(item, lines.get(item.case_id, Line()), signed.get(item.step_id)) for item in items]


def _lines(items: list[WorkItem]) -> dict[int, Line]:
    by_kind: dict[str, list[int]] = defaultdict(list)
    for item in items:
        by_kind[item.case.kind].append(item.case_id)
    found: dict[int, Line] = {}
    for name, ids in by_kind.items():
        found.update(kinds.get(name).lines(ids))
    return found


def _signed(items: list[WorkItem]) -> dict[int, tuple[int, int]]:
    """Of the steps that several sign: how many have, out of how many."""
    steps = [item.step_id for item in items if item.step.mode in MANY]
    if not steps:
        return {}
    done, open_ = WorkItem.State.DONE, WorkItem.State.OPEN
    counted = (
        WorkItem.objects.filter(step__in=steps)
        .order_by()
        .values("step")
        .annotate(done=Count("pk", filter=Q(state=done)), all=Count("pk", filter=Q(state__in=[done, open_])))
    )
    return {row["step"]: (row["done"], row["all"]) for row in counted}


def _row(item: WorkItem, line: Line, signed: tuple[int, int] | None) -> Row:
    kind = kinds.kind_of(item.case)
    late = item.due_at is not None and item.due_at < now()
    state, words = _chip(item, signed)
    return Row(item, line, reverse(kind.page_name, args=[item.case.number]), "late" if late else "", state, words)


def _chip(item: WorkItem, signed: tuple[int, int] | None) -> tuple[str, str]:
    if item.case.state == Case.State.HELD:
        return "held", _("On hold")
    if signed:
        words = _("All sign %(done)s/%(all)s") if item.step.mode == Mode.ALL else _("Vote %(done)s/%(all)s")
        return "mine", words % {"done": signed[0], "all": signed[1]}
    if item.person_id is None:
        return "waiting", _("To claim")
    if item.step.resumes_id:
        return "returned", _("Improved, again")
    return "mine", _("Mine to do")
