"""Problems that awards solve: solved when an award is published, open again when no published award is left."""

from __future__ import annotations

from collections.abc import Iterable

from innovation.awards.models import Candidate
from innovation.proposals.models import Problem


def solve(candidates: Iterable[Candidate]) -> list[str]:
    """Close the open problems of these awards; their numbers."""
    proposals = [one.proposal_id for one in candidates]
    found = Problem.objects.filter(proposals__in=proposals, state=Problem.State.OPEN).distinct().order_by("number")
    numbers = []
    for problem in found:
        problem.solve()
        numbers.append(problem.number)
    return numbers


def take_back(candidate: Candidate) -> None:
    """The award is void: its problem is open again unless another published award solves it."""
    problem = candidate.proposal.problem
    if problem is None or problem.state == Problem.State.OPEN or problem.imported:
        return
    others = Candidate.objects.awarded().filter(proposal__problem=problem, round__published_at__isnull=False)
    if not others.exclude(pk=candidate.pk).exists():
        problem.reopen()
