"""A round of the database as the plain record that is reckoned, exported and recomputed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from innovation.awards import rules
from innovation.awards.models import AwardRound, Candidate, Recusal, Seat, Sheet
from innovation.awards.roundfile import (
    AuthorRecord,
    CandidateRecord,
    CriterionRecord,
    GradeRecord,
    RoundRecord,
    RulesRecord,
    Standing,
)
from innovation.proposals.models import Authorship
from workflows.engine.models import Case


def rules_of(case: Case) -> rules.AwardRules:
    assert case.rules is not None
    return rules.read(case.rules.content)


def record_of(round: AwardRound) -> RoundRecord:
    """Everything that the awards depend on. Six statements, whatever the size."""
    read, case = rules_of(round.case), round.case
    seats = {seat.pk: seat.name for seat in Seat.objects.filter(round=round)}
    return RoundRecord(
        subject=f"case:{round.case_id}",
        workshop_code=round.workshop.code,
        workshop_name=round.workshop.name,
        month=f"{round.month:%Y-%m}",
        opened_at=case.filed_at,
        rules=RulesRecord(
            version=case.rules.number,  # type: ignore[union-attr]
            criteria=[CriterionRecord(c.key, c.label, c.weight) for c in read.criteria],
            grades=[GradeRecord(g.name, g.minimum, g.amount, g.places) for g in read.grades],
            quorum=read.quorum,
        ),
        judges=list(seats.values()),
        candidates=list(_candidates(round, seats)),
        ceiling=read.ceiling,
        above_ceiling=read.over,
    )


def _candidates(round: AwardRound, seats: dict[int, str]) -> Iterable[CandidateRecord]:
    authors, marks, recused = _authors(round), _marks(round, seats), _recused(round, seats)
    found = Candidate.objects.filter(round=round).select_related("proposal__case")
    for one in found.order_by("pk").iterator(chunk_size=2000):
        yield CandidateRecord(
            case=one.proposal.case.number,
            title=one.proposal.case.title,
            level=one.level,
            filed_at=one.filed_at,
            authors=authors[one.proposal_id],
            verified_benefit=one.verified_benefit,
            standing=_standing(one),
            reason=one.void_reason or one.out_reason or one.out,
            marks=marks.get(one.pk, {}),
            recused=recused.get(one.pk, ()),
        )


def _standing(one: Candidate) -> Standing:
    if one.void_at is not None:
        return "void"
    return "withdrawn" if one.out == "withdrawn" else "out" if one.out else "in"


def _authors(round: AwardRound) -> dict[int, list[AuthorRecord]]:
    rows = Authorship.objects.filter(proposal__candidacies__round=round).order_by("proposal", "place")
    fields = ("proposal_id", "person__employee_no", "person__name", "person__unit__name", "share")
    found: dict[int, list[AuthorRecord]] = defaultdict(list)
    for proposal, *author in rows.values_list(*fields).iterator(chunk_size=2000):
        found[proposal].append(AuthorRecord(*author))
    return found


def _marks(round: AwardRound, seats: dict[int, str]) -> dict[int, dict[str, dict[str, int]]]:
    found: dict[int, dict[str, dict[str, int]]] = defaultdict(dict)
    rows = Sheet.objects.filter(seat__round=round, marks__isnull=False).values_list("candidate_id", "seat_id", "marks")
    for candidate, seat, marks in rows.iterator(chunk_size=2000):
        found[candidate][seats[seat]] = marks or {}
    return found


def _recused(round: AwardRound, seats: dict[int, str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for candidate, seat in Recusal.objects.filter(seat__round=round).values_list("candidate_id", "seat_id"):
        found[candidate].append(seats[seat])
    return found
