"""Reading proposals and the problem ledger."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Schema

from innovation.proposals import listing
from innovation.proposals.api.router import router
from innovation.proposals.models import Problem, Proposal
from workflows.engine.api.paging import cursor_of, read_cursor
from workflows.organisation.api import (
    REFUSALS,
    Amount,
    Cursor,
    Moment,
    Number,
    PersonRef,
    Refused,
    Short,
    Size,
    UnitRef,
    actor_of,
)


class AuthorShown(Schema):
    person: PersonRef | None
    share: int


class ProposalRow(Schema):
    number: str
    title: str
    category: str
    category_label: str
    status: str
    status_label: str
    unit: UnitRef
    authors: list[AuthorShown]
    cost: Amount
    forecast_benefit: Amount
    verified_benefit: Amount | None = Field(description="confirmed; the forecast is never written over")
    filed_at: Moment


class ProposalPage(Schema):
    items: list[ProposalRow]
    next: str


def row_fields(proposal: Proposal) -> dict[str, Any]:
    case = proposal.case
    return {
        "number": case.number,
        "title": case.title,
        "category": proposal.category,
        "category_label": str(proposal.get_category_display()),
        "status": proposal.status,
        "status_label": str(proposal.get_status_display()),
        "unit": UnitRef.of(case.unit),
        "authors": [
            AuthorShown(person=PersonRef.of(a.person), share=a.share)
            for a in proposal.authors  # type: ignore[attr-defined]
        ],
        "cost": proposal.cost,
        "forecast_benefit": proposal.forecast_benefit,
        "verified_benefit": proposal.verified_benefit,
        "filed_at": case.filed_at,
    }


@router.get("/proposals", response={200: ProposalPage, REFUSALS: Refused}, operation_id="proposals")
def proposals(
    request: HttpRequest,
    text: Short = "",
    category: Short = "",
    status: Short = "",
    year: Short = "",
    cursor: Cursor = "",
    size: Size = 50,
) -> ProposalPage:
    """Proposals that I may see, filed last first."""
    asked = listing.Asked.of({"q": text, "category": category, "status": status, "year": year})
    found = listing.proposals(actor_of(request), asked)
    rows = list(_behind(found, cursor, "case__filed_at")[: size + 1])
    shown = rows[:size]
    return ProposalPage(
        items=[ProposalRow(**row_fields(p)) for p in shown],
        next=cursor_of(shown[-1].case.filed_at, shown[-1].pk) if len(rows) > size else "",
    )


class LineShown(Schema):
    kind: str
    label: str
    unit_value: str
    quantity: str
    amount: Amount


class ProposalShown(ProposalRow):
    problem: str = Field(description="number in the problem ledger")
    also_solves: list[str] = Field(description="numbers of other problems that its implementation solved")
    present_state: str
    method: str
    equipment: str
    lines: list[LineShown]
    accepted_level: str
    content_digest: str


@router.get("/proposals/{number}", response={200: ProposalShown, REFUSALS: Refused}, operation_id="proposal")
def proposal(request: HttpRequest, number: Number) -> ProposalShown:
    """What was filed. Its course is at /cases/{number}."""
    visible = listing.with_rows(Proposal.objects.visible_to(actor_of(request)).select_related("problem"))
    found = get_object_or_404(visible, case__number=number)
    lines = [
        LineShown(
            kind=ln.kind,
            label=ln.label,
            unit_value=_plain(ln.unit_value),
            quantity=_plain(ln.quantity),
            amount=ln.amount,
        )
        for ln in found.lines.order_by("place")
    ]
    return ProposalShown(
        **row_fields(found),
        problem=found.problem.number if found.problem else "",
        also_solves=list(found.also_solves.order_by("number").values_list("number", flat=True)),
        present_state=found.present_state,
        method=found.method,
        equipment=found.equipment,
        lines=lines,
        accepted_level=found.accepted_level,
        content_digest=found.case.content_digest,
    )


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


class ProblemRow(Schema):
    number: str
    title: str
    description: str
    unit: UnitRef
    state: str
    raised_at: Moment


class ProblemPage(Schema):
    items: list[ProblemRow]
    next: str


@router.get("/problems", response={200: ProblemPage, REFUSALS: Refused}, operation_id="problems")
def problems(
    request: HttpRequest, text: Short = "", state: Short = "", cursor: Cursor = "", size: Size = 50
) -> ProblemPage:
    """The problem ledger, raised last first."""
    found = Problem.objects.visible_to(actor_of(request)).select_related("unit").order_by("-raised_at", "-pk")
    if text.strip():
        asked = text.strip()
        found = found.filter(Q(title__icontains=asked) | Q(number__icontains=asked) | Q(description__icontains=asked))
    if state:
        found = found.filter(state=state)
    rows = list(_behind(found, cursor, "raised_at")[: size + 1])
    shown = rows[:size]
    return ProblemPage(
        items=[ProblemRow(unit=UnitRef.of(p.unit), **_problem_fields(p)) for p in shown],
        next=cursor_of(shown[-1].raised_at, shown[-1].pk) if len(rows) > size else "",
    )


def _problem_fields(problem: Problem) -> dict[str, Any]:
    return {name: getattr(problem, name) for name in ("number", "title", "description", "state", "raised_at")}


def _behind(found: QuerySet[Any], cursor: str, moment: str) -> QuerySet[Any]:
    """The page behind the cursor's row, latest first."""
    at, pk = read_cursor(cursor) if cursor else (None, 0)
    if at is None:
        return found
    return found.filter(Q(**{f"{moment}__lt": at}) | Q(**{moment: at, "pk__lt": pk}))
