"""Which awards objections hold, and what was answered: what the rounds ask."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from innovation.awards.models import AwardRound, Candidate
from innovation.awards.objecting import Answer
from innovation.objections.models import Objection, Unsigned
from workflows.engine.models import Case


def held(round: AwardRound) -> QuerySet[Candidate]:
    """An unsigned objection that its representative has not read yet came in time, and holds the award, too."""
    signed = Objection.objects.under_way().filter(candidate=OuterRef("pk"))
    unsigned = Unsigned.objects.waiting().filter(candidate=OuterRef("pk"))
    return Candidate.objects.filter(Q(Exists(signed)) | Q(Exists(unsigned)), round=round)


def holds(candidate: Candidate, *, but: Case | None = None) -> bool:
    signed = Objection.objects.under_way().filter(candidate=candidate)
    if but is not None:
        signed = signed.exclude(case=but)
    return signed.exists() or Unsigned.objects.waiting().filter(candidate=candidate).exists()


def answers(round: AwardRound) -> list[Answer]:
    """What is published of the round's objections, in the order in which they were answered."""
    found = Objection.objects.answered().filter(candidate__round=round).order_by("answered_at")
    rows = found.values_list("candidate_id", "case__number", "upheld", "answer", "answered_at")
    return [Answer(*row) for row in rows]
