"""Problems that awards solve: solved when an award is published, open again when no published award is left."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from innovation.awards.models import Candidate
from innovation.proposals.models import Problem


def solve(candidates: Iterable[Candidate]) -> list[str]:
    """Close the open problems of these awards; their numbers."""
    proposals = [one.proposal_id for one in candidates]
    found = Problem.objects.solved_by(proposals).filter(state=Problem.State.OPEN).order_by("number")
    numbers = []
    for problem in found:
        problem.solve()
        numbers.append(problem.number)
    return numbers


def take_back(candidate: Candidate) -> None:
    """The award is void: each problem is open again unless another published award solves it."""
    standing = Candidate.objects.awarded().filter(round__published_at__isnull=False).exclude(pk=candidate.pk)
    mine = Problem.objects.solved_by([candidate.proposal_id]).filter(state=Problem.State.SOLVED, imported=False)
    for problem in mine.order_by("number"):
        if not standing.filter(Q(proposal__problem=problem) | Q(proposal__also_solves=problem)).exists():
            problem.reopen()
