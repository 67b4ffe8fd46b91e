"""The questions the flow asks about a proposal, and the verbs it calls. Each answers for one case, under its lock."""

from __future__ import annotations

from datetime import datetime, time

from django.utils import timezone

from innovation.proposals import rules
from innovation.proposals.authority import decides_here
from innovation.proposals.models import Proposal
from innovation.proposals.rules import ProposalRules
from workflows.engine.models import Case, Decision, Step
from workflows.ledger.clock import now
from workflows.organisation.models import Person, Role, UnitKind

LEVEL_OF = {
    "team_review": "team",
    "section_review": "section",
    "workshop_review": "workshop",
    "appeal_panel": "workshop",
}


def rules_of(case: Case) -> ProposalRules:
    """The pinned rules, read once for a case at hand."""
    kept = getattr(case, "_proposal_rules", None)
    if kept is None:
        assert case.rules is not None
        kept = rules.read(case.rules.content)
        case._proposal_rules = kept  # type: ignore[attr-defined]
    return kept


def authors(case: Case) -> list[Person]:
    """Who mends a returned proposal or appeals: the first author, or where they have left, the co-authors."""
    if case.author.is_active:
        return [case.author]
    together = case.proposal.authorships.select_related("person")  # type: ignore[attr-defined]
    return [a.person for a in together if a.person.is_active]


def starts_at(case: Case, level: str) -> bool:
    return case.unit.kind == level and level in rules_of(case).level_names


def within(case: Case, level: str) -> bool:
    """Does this level's authority cover the forecast and the cost?"""
    proposal: Proposal = case.proposal  # type: ignore[attr-defined]
    ceilings = rules_of(case).exact_ceilings
    return decides_here(level, proposal.category, proposal.forecast_benefit, proposal.cost, ceilings)


def last_decision(case: Case, verb: str) -> Decision | None:
    return Decision.objects.filter(case=case, verb=verb).select_related("step").order_by("-pk").first()


def appealed(case: Case) -> bool:
    assert case.process is not None
    return bool(case.process.data.get("appealed"))


def rejected_by(case: Case, node: str) -> bool:
    assert case.process is not None
    return case.process.data.get("rejected_at") == node


def _ended(case: Case) -> Step:
    """The step that has just ended."""
    return case.last_step or Step.objects.filter(case=case).latest("place")


def accept(case: Case) -> None:
    """Accept at the level of the step that has just ended."""
    case.proposal.accept(level=LEVEL_OF[_ended(case).node])  # type: ignore[attr-defined]
    case.standing = "accepted"


def unaccept(case: Case) -> None:
    """The acceptance was taken back before anybody acted on it."""
    case.proposal.unaccept()  # type: ignore[attr-defined]
    case.standing = ""


def unreject(case: Case) -> None:
    case.proposal.reopen()  # type: ignore[attr-defined]
    case.standing = ""


def reject(case: Case) -> None:
    process = case.process
    assert process is not None
    process.data["rejected_at"] = _ended(case).node
    process.save(update_fields=["data"])
    case.proposal.reject()  # type: ignore[attr-defined]
    case.standing = "rejected"


def reopen(case: Case) -> None:
    process = case.process
    assert process is not None
    process.data["appealed"] = True
    process.save(update_fields=["data"])
    case.proposal.reopen()  # type: ignore[attr-defined]
    case.standing = ""


def arranger(case: Case) -> tuple[str, str]:
    """Who plans the implementation and confirms small effects: the section's chief, else the workshop's officer."""
    if case.unit.kind == UnitKind.SECTION or case.unit.kind == UnitKind.TEAM:
        return Role.SECTION_CHIEF, UnitKind.SECTION
    return Role.INNOVATION_OFFICER, UnitKind.WORKSHOP


def implementation_due(case: Case) -> datetime | None:
    """The end of the planned day, plant time."""
    due = case.proposal.implementation_due  # type: ignore[attr-defined]
    return timezone.make_aware(datetime.combine(due, time(23, 59, 59))) if due else None


def needs_finance(case: Case) -> bool:
    """Finance confirms when the reported or the forecast benefit is above the threshold: the larger one counts."""
    proposal: Proposal = case.proposal  # type: ignore[attr-defined]
    reported = proposal.reported_benefit
    return max(proposal.forecast_benefit, reported or 0) > rules_of(case).finance_threshold


def verify(case: Case) -> None:
    approved = last_decision(case, "approve")
    case.proposal.verify(  # type: ignore[attr-defined]
        by=approved.actor if approved else None, at=now(), reverify_months=rules_of(case).reverify_months
    )
    case.standing = "verified"
