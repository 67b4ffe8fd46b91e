"""How the engine's things are written out."""

from __future__ import annotations

from typing import Any

from ninja import Field, Schema

from workflows.documents.api import DocumentShown
from workflows.documents.models import Document
from workflows.engine import kinds
from workflows.engine.history import History, Visit
from workflows.engine.kinds import CaseKind, Line
from workflows.engine.models import Case, Decision, WorkItem
from workflows.engine.models.step import Mode
from workflows.engine.recording import subject_of
from workflows.engine.verbs.returning import targets
from workflows.ledger.clock import now
from workflows.organisation.api import Amount, Moment, PersonRef, UnitRef


class CaseRow(Schema):
    number: str
    kind: str
    kind_label: str
    title: str
    unit: UnitRef
    author: PersonRef | None
    state: str = Field(description="open, held or closed")
    standing: str = Field(description="what the kind calls where it stands; empty while it is under way")
    standing_label: str
    filed_at: Moment
    moved_at: Moment
    closed_at: Moment | None


def case_fields(case: Case, kind: CaseKind) -> dict[str, Any]:
    label = kind.standings.get(case.standing, ("", ""))[0]
    return {
        "number": case.number,
        "kind": case.kind,
        "kind_label": str(kind.label),
        "title": case.title,
        "unit": UnitRef.of(case.unit),
        "author": PersonRef.of(case.author),
        "state": case.state,
        "standing": case.standing,
        "standing_label": str(label),
        "filed_at": case.filed_at,
        "moved_at": case.moved_at,
        "closed_at": case.closed_at,
    }


class QueueRow(Schema):
    item: int = Field(description="the id in /cases/{number}/tasks/{item}/{verb}")
    number: str
    kind: str
    title: str
    author: str
    unit: str
    category: str
    amount: Amount | None
    step: str
    step_label: str
    claimed: bool = Field(description="already in your own hands")
    opened_at: Moment
    due_at: Moment | None
    late: bool
    escalated: bool = Field(description="it came to you because it is long late below; you decide it alone")

    @classmethod
    def of(cls, item: WorkItem, line: Line) -> QueueRow:
        case = item.case
        node = kinds.kind_of(case).flow.instance.node(item.step.node)
        return cls(
            item=item.pk,
            number=case.number,
            kind=case.kind,
            title=case.title,
            author=line.author or case.author.name,
            unit=line.unit or case.unit.name,
            category=str(line.category),
            amount=line.amount,
            step=item.step.node,
            step_label=str(node.task_title),
            claimed=item.person_id is not None,
            opened_at=item.opened_at,
            due_at=item.due_at,
            late=item.due_at is not None and item.due_at < now(),
            escalated=item.origin == WorkItem.Origin.ESCALATED,
        )


class ItemShown(Schema):
    item: int
    person: PersonRef | None = Field(description="null: of the role, not claimed yet")
    role: str
    unit: UnitRef | None
    state: str
    origin: str
    weight: int
    closed_at: Moment | None

    @classmethod
    def of(cls, item: WorkItem) -> ItemShown:
        return cls(
            item=item.pk,
            person=PersonRef.of(item.person),
            role=item.role,
            unit=UnitRef.of(item.unit) if item.unit else None,
            state=item.state,
            origin=item.origin,
            weight=item.weight,
            closed_at=item.closed_at,
        )


class DecisionShown(Schema):
    verb: str
    actor: PersonRef | None = Field(description="null: the rules themselves")
    on_behalf_of: PersonRef | None
    role: str
    reason: str
    at: Moment
    content_digest: str
    ledger_seq: int
    ledger_digest: str

    @classmethod
    def of(cls, decision: Decision) -> DecisionShown:
        return cls(
            verb=decision.verb,
            actor=PersonRef.of(decision.actor),
            on_behalf_of=PersonRef.of(decision.on_behalf_of),
            role=decision.role,
            reason=decision.reason,
            at=decision.decided_at,
            content_digest=decision.content_digest,
            ledger_seq=decision.ledger_seq,
            ledger_digest=decision.ledger_digest,
        )


class VisitShown(Schema):
    place: int
    step: str
    step_label: str
    mode: str = Field(description="one, any, all or vote")
    deciding: bool
    unit: UnitRef | None
    outcome: str = Field(description="empty: open")
    opened_at: Moment
    due_at: Moment | None
    closed_at: Moment | None
    late: bool
    remind_at: Moment | None
    escalate_at: Moment | None = Field(description="when the person above may act, too")
    escalated_at: Moment | None
    holders: list[PersonRef | None]
    items: list[ItemShown]
    decisions: list[DecisionShown]

    @classmethod
    def of(cls, visit: Visit) -> VisitShown:
        step = visit.step
        return cls(
            place=step.place,
            step=step.node,
            step_label=visit.title,
            mode=step.mode,
            deciding=visit.deciding,
            unit=UnitRef.of(step.unit) if step.unit else None,
            outcome=step.outcome,
            opened_at=step.opened_at,
            due_at=step.due_at,
            closed_at=step.closed_at,
            late=visit.late,
            remind_at=step.remind_at,
            escalate_at=step.escalate_at,
            escalated_at=step.escalated_at,
            holders=[PersonRef.of(p) for p in visit.holders],
            items=[ItemShown.of(i) for i in visit.items],
            decisions=[DecisionShown.of(d) for d in visit.decisions],
        )


class Yours(Schema):
    item: int
    verbs: list[str]
    return_to: list[str] = Field([], description="the steps that it may be returned to")
    form: dict[str, str] = Field({}, description="complete: the fields of the step's form, with their labels")

    @classmethod
    def of(cls, case: Case, item: WorkItem) -> Yours:
        """What the person may do here; the item is theirs, or of a pool that they belong to."""
        step = item.step
        if item.origin == WorkItem.Origin.CONSULTED:
            return cls(item=item.pk, verbs=["advise"], return_to=[], form={})
        verbs, handing = _claims(item), ["transfer", "consult", "hold"]
        made: Any = kinds.kind_of(case).forms.get(step.node)
        fields = {name: str(field.label) for name, field in made.base_fields.items()} if made else {}
        if not step.task.flow_task.deciding:
            return cls(item=item.pk, verbs=verbs + (["complete"] if made else []) + handing, return_to=[], form=fields)
        returns = [] if step.mode == Mode.VOTE else [t.node for t in targets(case, step)]
        if item.origin == WorkItem.Origin.ADDED:
            fields = {}
        approving = "complete" if fields else "approve"  # the form approves
        abstains = step.mode == Mode.VOTE and item.origin != WorkItem.Origin.ESCALATED
        verbs += [approving, "abstain"] if abstains else [approving]
        verbs += ["reject"] if step.task.flow_task._rejected is not None else []
        verbs += (["return"] if returns else []) + handing + ["add_signer"]
        if any(i.pk != item.pk for i in _added(item)):
            verbs.append("remove_signer")
        return cls(item=item.pk, verbs=verbs, return_to=returns, form=fields)


def _added(item: WorkItem) -> list[WorkItem]:
    """Added signers of the step who have not decided."""
    if not item.step.chained:
        return []
    added = WorkItem.objects.filter(step=item.step, origin=WorkItem.Origin.ADDED)
    return list(added.filter(state__in=(WorkItem.State.OPEN, WorkItem.State.PARKED)))


def _claims(item: WorkItem) -> list[str]:
    if item.origin != WorkItem.Origin.POOL:
        return []
    return ["claim"] if item.person_id is None else ["release"]


class CaseShown(CaseRow):
    content_digest: str
    holder: str = Field(description="what its files belong to, as an upload names it")
    documents: list[DocumentShown]
    rules: str = Field(description="the version of the rules that the case is pinned to")
    present: VisitShown | None = Field(description="where it is now")
    yours: Yours | None = Field(description="what waits for you in it")
    visits: list[VisitShown]
    decisions: list[DecisionShown] = Field(description="newest first, without claims; with their ledger entries")

    @classmethod
    def of(cls, history: History, yours: Yours | None) -> CaseShown:
        case, holder = history.case, subject_of(history.case)
        visits = {v.step.pk: VisitShown.of(v) for v in history.visits}
        return cls(
            **case_fields(case, kinds.kind_of(case)),
            content_digest=case.content_digest,
            holder=holder,
            documents=[DocumentShown.of(d) for d in Document.objects.for_holder(holder)],
            rules=str(case.rules) if case.rules else "",
            present=visits[history.present.step.pk] if history.present else None,
            yours=yours,
            visits=list(visits.values()),
            decisions=[DecisionShown.of(d) for d in history.decisions],
        )
