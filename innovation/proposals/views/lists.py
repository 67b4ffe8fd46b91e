"""Lists: mine, and everybody's that I may read."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from innovation.proposals import listing
from innovation.proposals.export import spreadsheet
from innovation.proposals.models import Category, Draft, Proposal
from innovation.proposals.standing import Standing, standing_of
from innovation.proposals.views.sent import person_of
from workflows.engine.models import Step
from workflows.ledger.clock import now
from workflows.organisation.models import Role, Unit
from workflows.organisation.roles import paths_seen_by
from workflows.site.offline import KIT

PAGE, MOST_EXPORTED = 50, 20_000
OUTBOX = [*KIT, *(f"proposals/{name}.js" for name in ("vault", "store", "send", "outbox"))]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Row:
    proposal: Proposal
    standing: Standing
    step: Step | None
    waits_for: str

    @classmethod
    def of(cls, proposal: Proposal) -> Row:
        step = next(iter(proposal.case.open_steps), None)  # type: ignore[attr-defined]
        return cls(proposal, standing_of(proposal, step), step, _waits_for(step))


def _waits_for(step: Step | None) -> str:
    """闪速炉工段 · 工段长: where the case is now and with whom by role."""
    if step is None or not step.role:
        return ""
    role = Role(step.role).label if step.role in Role.values else step.role
    return " · ".join(str(part) for part in (step.unit, role) if part)


@require_GET
def my_proposals(request: HttpRequest) -> HttpResponse:
    """What I wrote or share in, newest first, and what I have not finished writing."""
    person, asked = person_of(request), listing.Asked.of(request.GET)
    mine = listing.proposals(person, asked).filter(pk__in=Proposal.objects.written_by(person).values("pk"))
    page = Paginator(mine, PAGE).get_page(request.GET.get("page"))
    drafts = Draft.objects.visible_to(person)[:PAGE]
    context = _context(asked) | {
        "page": page, "rows": [Row.of(p) for p in page], "drafts": drafts, "scripts": OUTBOX,
    }  # fmt: skip
    return render(request, "proposals/my_proposals.html", context)


@require_GET
def proposal_list(request: HttpRequest) -> HttpResponse:
    person, asked = person_of(request), listing.Asked.of(request.GET)
    found = listing.proposals(person, asked)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    years = range(now().year, now().year - 6, -1)
    units = Unit.objects.under(*paths_seen_by(person)).exclude(kind="contractor")[:300]
    context = _context(asked) | {"page": page, "rows": [Row.of(p) for p in page], "years": years, "units": units}
    return render(request, "proposals/proposal_list.html", context)


@require_GET
def export_proposals(request: HttpRequest) -> HttpResponse:
    """The same list, filters and all, as a spreadsheet."""
    found: QuerySet[Proposal] = listing.proposals(person_of(request), listing.Asked.of(request.GET))
    answer = HttpResponse(spreadsheet(found[:MOST_EXPORTED]), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="proposals-{timezone.localdate(now()):%Y%m%d}.xlsx"'
    return answer


def _context(asked: listing.Asked) -> dict[str, object]:
    return {
        "asked": asked,
        "address": urlencode(asked.active | {"sort": asked.sort}),
        "categories": Category.choices,
        "statuses": Proposal.Status.choices,
        "sorts": listing.SORTS,
    }
