"""Reading: what waits for me, the cases that I may see, one of them, and its chain in the ledger."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Field, Router, Schema

from workflows.engine import heads, history, kinds, outside, queue
from workflows.engine.api.paging import cursor_of, read_cursor
from workflows.engine.api.shown import CaseRow, CaseShown, QueueRow, Yours, case_fields
from workflows.engine.errors import NoSuchThing
from workflows.engine.kinds import Line
from workflows.engine.models import Case, WorkItem
from workflows.engine.recording import subject_of
from workflows.ledger import export
from workflows.ledger.clock import now
from workflows.ledger.subjects import subject_for
from workflows.organisation.absences import stands_in_for
from workflows.organisation.api import REFUSALS, Cursor, Number, Refused, Short, Size, actor_of
from workflows.organisation.models import Person

router = Router(tags=["cases"])


class QueuePage(Schema):
    open: int
    late: int
    items: list[QueueRow]
    next: str
    standing_in: list[QueueRow] = Field(description="of absent colleagues whom you stand in for; with the first page")


@router.get("/queue", response={200: QueuePage, REFUSALS: Refused}, operation_id="queue")
def waiting(
    request: HttpRequest, kind: Short = "", late: bool = False, text: Short = "", cursor: Cursor = "", size: Size = 50
) -> QueuePage:
    """What waits for me, most urgent first. `open` and `late` count up to 100."""
    person = actor_of(request)

    def asked(items: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
        if kind:
            items = items.filter(case__kind=kind)
        if late:
            items = items.filter(due_at__lt=now())
        return queue.matching(items, text) if text.strip() else items

    ways = [asked(way) for way in queue.ways(person, queue.seats_of(person))]
    absent = queue.with_cases(asked(queue.standing_in(person))) if not cursor and stands_in_for(person) else ()
    others = list(absent[:size])
    if cursor:
        start = read_cursor(cursor)
        ways = [queue.after(way, *start) for way in ways]
    found = queue.with_cases(queue.front(ways, size + 1))
    items = list(found[: size + 1])
    shown, counts = items[:size], heads.counts(person)
    lines = _lines([*shown, *others])
    return QueuePage(
        open=counts.open,
        late=counts.late,
        items=[QueueRow.of(item, lines[item.case_id]) for item in shown],
        next=cursor_of(shown[-1].due_at, shown[-1].pk) if len(items) > size else "",
        standing_in=[QueueRow.of(item, lines[item.case_id]) for item in others],
    )


def _lines(items: list[WorkItem]) -> dict[int, Line]:
    """One statement for each kind on the page."""
    by_kind: dict[str, list[int]] = defaultdict(list)
    for item in items:
        by_kind[item.case.kind].append(item.case_id)
    found: dict[int, Line] = defaultdict(Line)
    for name, ids in by_kind.items():
        found.update(kinds.get(name).lines(ids))
    return found


class CasePage(Schema):
    items: list[CaseRow]
    next: str


@router.get("/cases", response={200: CasePage, REFUSALS: Refused}, operation_id="cases")
def cases(
    request: HttpRequest,
    text: Short = "",
    kind: Short = "",
    standing: Short | None = None,
    mine: bool = False,
    cursor: Cursor = "",
    size: Size = 50,
) -> CasePage:
    """Cases that I may see, filed last first. `text`: words, two Chinese characters are one, or how a number begins."""
    person = actor_of(request)
    found: QuerySet[Case] = (
        Case.objects.visible_to(person).select_related("unit", "author").order_by("-filed_at", "-pk")
    )
    if kind:
        found = found.filter(kind=kind)
    if standing is not None:
        found = found.filter(standing=standing)
    if mine:
        found = found.filed_by(person)  # type: ignore[attr-defined]
    if text.strip():
        found = queue.matching(found, text, case="")
    rows = list(_behind(found, cursor)[: size + 1])
    shown = rows[:size]
    return CasePage(
        items=[CaseRow(**case_fields(c, kinds.kind_of(c))) for c in shown],
        next=cursor_of(shown[-1].filed_at, shown[-1].pk) if len(rows) > size else "",
    )


def _behind(found: QuerySet[Case], cursor: str) -> QuerySet[Case]:
    if not cursor:
        return found
    filed_at, pk = read_cursor(cursor)
    return found.filter(Q(filed_at__lt=filed_at) | Q(filed_at=filed_at, pk__lt=pk)) if filed_at else found


@router.get("/cases/{number}", response={200: CaseShown, REFUSALS: Refused}, operation_id="case")
def case(request: HttpRequest, number: Number) -> CaseShown:
    """A case with every step, who holds it now and by when, and every decision with its ledger entry."""
    person, found = actor_of(request), visible(request, number)
    item = _waiting_in(person, found) if found.state == Case.State.OPEN else None
    return CaseShown.of(outside.told_to(person, history.of(found)), Yours.of(found, item) if item else None)


def _waiting_in(person: Person, case: Case) -> WorkItem | None:
    own = queue.waiting_for(person).filter(case=case).select_related("step__task").first()
    if own is not None or not stands_in_for(person):
        return own
    return queue.standing_in(person).filter(case=case).select_related("step__task").first()


@router.get("/cases/{number}/ledger", response={200: dict[str, Any], REFUSALS: Refused}, operation_id="case_ledger")
def case_ledger(request: HttpRequest, number: Number) -> dict[str, Any]:
    """The case's chain with the checkpoints that hold it, as `verify.py` reads it; what is sealed stays withheld."""
    person, found = actor_of(request), visible(request, number)
    subject = subject_of(found)
    answering = subject_for(person, subject)
    return export.build([subject], readable=lambda entry: answering.may_open(person, entry))


def visible(request: HttpRequest, number: str) -> Case:
    rows = Case.objects.visible_to(actor_of(request)).select_related("unit", "author", "rules", "process")
    found = rows.filter(number=number).first()
    if found is None:
        raise NoSuchThing
    return found
