"""What the pages of a case show of its proposal."""

from __future__ import annotations

from typing import Any

from django import template

from innovation.proposals import rules
from innovation.proposals.limits import Bar, bars
from innovation.proposals.models import Proposal
from workflows.documents.models import Document
from workflows.engine.models import Step

register = template.Library()


@register.inclusion_tag("proposals/_limits.html", takes_context=True)
def limits(context: template.Context, proposal: Proposal) -> dict[str, Any]:
    """The sums beside the ceilings of the level where the case is now; nothing where no level is deciding."""
    step = context.get("step") or Step.objects.filter(case=proposal.case_id, closed_at=None).first()
    shown = _bars(proposal, step) if step else []
    return {"bars": shown, "beyond": any(bar.beyond for bar in shown), "rules": proposal.case.rules}


def _bars(proposal: Proposal, step: Step) -> list[Bar]:
    if proposal.case.rules is None:
        return []
    pinned = rules.read(proposal.case.rules.content)
    level = next((rule.level for rule in pinned.levels if rule.node == step.node), None)
    if level is None:
        return []
    ceiling = pinned.exact_ceilings[level][proposal.category]
    return bars(proposal.forecast_benefit, proposal.cost, ceiling)


@register.simple_tag
def papers_of(proposal: Proposal) -> list[Document]:
    return list(Document.objects.for_holder(f"case:{proposal.case_id}"))


@register.simple_tag
def authors_of(proposal: Proposal) -> list[Any]:
    return list(proposal.authorships.select_related("person__unit").order_by("place"))


@register.filter
def share_sum(authors: list[Any]) -> int:
    return sum(author.share for author in authors)
