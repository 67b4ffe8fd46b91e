"""A row of a list of tasks: what it says, in which group it stands, and what its holder can do from there."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from workflows.engine import batch, kinds
from workflows.engine.kinds import Line
from workflows.engine.models import Case, Step, WorkItem
from workflows.engine.models.step import Mode
from workflows.ledger.clock import now
from workflows.organisation.models import Absence, Person


@dataclass(frozen=True)
class Row:
    item: Any  # WorkItem with `signed` and `seats`
    line: Line
    url: str
    group: str
    state: str
    words: str
    behalf: Person | None = None  # whom the reader stands in for here

    @property
    def case(self) -> Case:
        return self.item.case

    @property
    def step(self) -> str:
        """What is to be done: 工段审, 安排实施."""
        return str(_node_of(self.item).task_title)

    @property
    def clock_unit(self) -> Any:
        """By whose hours its time runs."""
        return self.item.step.unit or self.case.unit

    @property
    def by_days(self) -> bool:
        return bool(_node_of(self.item).by_days)

    @property
    def edge(self) -> str:
        return "late" if self.group == "late" else ""

    @property
    def can_claim(self) -> bool:
        return self.item.person_id is None and self.behalf is None

    @property
    def picks(self) -> tuple[str, ...]:
        """Verbs that it may be picked for together with others."""
        return batch.open_to(self.item, substitute=self.behalf is not None)

    @property
    def can_release(self) -> bool:
        item = self.item
        own = self.behalf is None
        return bool(own and item.person_id and item.role and item.origin == WorkItem.Origin.POOL)


@dataclass
class Behalf:
    """我代 X 办理: an absent colleague's work, with the days."""

    absence: Absence
    rows: list[Row] = field(default_factory=list)


def for_absent(items: list[WorkItem], absences: list[Absence]) -> list[Behalf]:
    """The rows under whom they are done for; a pool's work stands under the first of its holders who is away."""
    seats = {(h.role, h.unit_id): a for a in reversed(absences) for h in a.person.holdings_now}  # type: ignore[attr-defined]
    named = {a.person_id: a for a in absences}
    groups = {a.pk: Behalf(a) for a in absences}
    for row in rows_of(items, grouped=False):
        item = row.item
        absence = named.get(item.person_id) if item.person_id else seats.get((item.role, item.unit_id))
        if absence is not None:
            words = _("Mine to do") if item.person_id is None and row.state == "waiting" else row.words
            state = "mine" if words != row.words else row.state
            groups[absence.pk].rows.append(replace(row, behalf=absence.person, words=words, state=state))
    return list(groups.values())


@dataclass
class Group:
    """Rows due in the same span. `counted` is known on the first page only."""

    name: str
    counted: int | None = None
    rows: list[Row] = field(default_factory=list)

    @property
    def title(self) -> str:
        return {"late": _("Late"), "today": _("Due today"), "later": _("After that"), "": ""}[self.name]

    @property
    def state(self) -> str:
        return {"late": "late", "today": "soon"}.get(self.name, "")

    @property
    def icon(self) -> str:
        return {"late": "late", "today": "clock"}.get(self.name, "hourglass")


def group_of(due_at: datetime | None) -> str:
    moment = now()
    if due_at is None:
        return "later"
    if due_at < moment:
        return "late"
    return "today" if timezone.localtime(due_at).date() == timezone.localtime(moment).date() else "later"


def lines_of(cases: Iterable[Case]) -> dict[int, Line]:
    """What the kinds say of these cases. One statement a kind."""
    by_kind: dict[str, list[int]] = defaultdict(list)
    for case in cases:
        by_kind[case.kind].append(case.pk)
    found: dict[int, Line] = {}
    for name, ids in by_kind.items():
        found.update(kinds.get(name).lines(ids))
    return found


def rows_of(items: list[WorkItem], *, grouped: bool = True) -> list[Row]:
    lines, address = lines_of(item.case for item in items), _addresses()
    return [_row(item, lines.get(item.case_id, Line()), grouped, address(item)) for item in items]


def _addresses() -> Callable[[WorkItem], str]:
    """The page of each item; its pattern is asked once for all rows."""
    before, between, behind = re.split("NUMBER|987654321", reverse("decide", args=["NUMBER", 987654321]))
    return lambda item: f"{before}{quote(item.case.number)}{between}{item.pk}{behind}"


def _row(item: WorkItem, line: Line, grouped: bool, url: str) -> Row:
    state, words = chip_of(item)
    group = group_of(item.due_at)
    return Row(item, line, url, group if grouped or group == "late" else "", state, words)


def grouped(rows: list[Row], counts: dict[str, int], before: str = "") -> list[Group]:
    """In the order of the rows. `before` is the group that the page before ended in: it goes on without a head."""
    groups: list[Group] = []
    for row in rows:
        if not groups or groups[-1].name != row.group:
            groups.append(Group(row.group, counts.get(row.group)))
        groups[-1].rows.append(row)
    if groups and groups[0].name == before:
        groups[0].name = ""
    return groups


def _node_of(item: Any) -> Any:
    return kinds.kind_of(item.case).flow.instance.node(item.step.node)


def standing_of(case: Case, *, back: bool = False) -> dict[str, str]:
    """The chip of a case: that it is on hold, that it came back, or its kind's word for where it stands."""
    if case.state == Case.State.HELD:
        return {"state": "held", "words": _("On hold")}
    if back and case.state == Case.State.OPEN:
        return {"state": "returned", "words": _("Returned")}
    words, state = kinds.kind_of(case).standings.get(case.standing, (case.get_state_display(), "waiting"))
    return {"state": state, "words": str(words)}


def came_back(cases: Iterable[Case]) -> set[int]:
    """Those that wait where somebody returned them to. One statement."""
    returned = Step.objects.filter(case__in=list(cases), closed_at=None, returned_by__isnull=False)
    return set(returned.values_list("case_id", flat=True))


def chip_of(item: Any) -> tuple[str, str]:
    """What the row asks of its reader: state and words."""
    step = item.step
    if item.case.state == Case.State.HELD:
        return "held", _("On hold")
    if item.origin == WorkItem.Origin.CONSULTED:
        return "mine", _("Asks my opinion")
    if item.origin == WorkItem.Origin.ESCALATED:
        return "late", _("Escalated to me")
    if step.mode == Mode.ALL:
        return "mine", _("All sign %(done)s/%(all)s") % {"done": item.signed or 0, "all": item.seats}
    if step.mode == Mode.VOTE:
        return "mine", _("Vote %(done)s/%(all)s") % {"done": item.signed or 0, "all": item.seats}
    if item.person_id is None:
        return "waiting", _("To claim")
    if step.returned_by_id:
        return "returned", _("Returned to you")
    if step.resumes_id:
        return "returned", _("Improved, again")
    return "mine", _("Mine to decide") if _node_of(item).deciding else _("Mine to do")
