"""Which steps a proposal takes by a version of the rules, if everybody approves: for trying a draft on past cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from innovation.proposals import rules
from innovation.proposals.authority import decides_here
from innovation.proposals.models import Proposal
from innovation.proposals.rules import ProposalRules
from workflows.engine.models import Case

LEVELS = ("team", "section", "workshop")
Path = tuple[str, ...]


def paths(cases: list[Case]) -> Callable[[Case, Mapping[str, Any]], Path]:
    """One statement for all of them; a version is read once, however many cases there are."""
    known = {p.case_id: p for p in Proposal.objects.filter(case__in=[case.pk for case in cases])}
    read: dict[int, ProposalRules] = {}

    def path(case: Case, content: Mapping[str, Any]) -> Path:
        if id(content) not in read:
            read[id(content)] = rules.read(dict(content))
        return _path(case, known[case.pk], read[id(content)]) if case.pk in known else ()

    return path


def _path(case: Case, proposal: Proposal, by: ProposalRules) -> Path:
    return (*_reviews(case, proposal, by), "arrangement", "implementation", "effect_report", _check(proposal, by))


def _reviews(case: Case, proposal: Proposal, by: ProposalRules) -> Path:
    """From the unit's own level up to the first that may decide; what the flow walks."""
    own = case.unit.kind if case.unit.kind in by.level_names and case.unit.kind in LEVELS else "workshop"
    nodes: list[str] = []
    for level in LEVELS[LEVELS.index(own) :]:
        nodes.append(f"{level}_review")
        sums = (proposal.category, proposal.forecast_benefit, proposal.cost)
        if level == "workshop" or decides_here(level, *sums, by.exact_ceilings):
            break
    return tuple(nodes)


def _check(proposal: Proposal, by: ProposalRules) -> str:
    reported = proposal.reported_benefit or 0
    return "finance_check" if max(proposal.forecast_benefit, reported) > by.finance_threshold else "chief_check"
