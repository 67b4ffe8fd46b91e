"""Rank, grade and split: reckoned by the pure program and written set by set."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from innovation.awards import roundfile
from innovation.awards.models import AwardRound, Candidate, Share
from innovation.awards.records import record_of
from innovation.proposals.models import Authorship

CHUNK = 1000
RECKONED = ["score", "rank", "grade", "unscaled", "amount", "waits"]


def rank(round: AwardRound) -> None:
    """Write what each candidate has come to. Again with other marks or standings: everything anew."""
    awards = {award.case: award for award in roundfile.reckoned(record_of(round))}
    candidates = list(Candidate.objects.filter(round=round).select_related("proposal__case"))
    for one in candidates:
        award = awards[one.proposal.case.number]
        one.score = f"{award.score.numerator}/{award.score.denominator}" if award.score is not None else ""
        one.rank, one.grade = award.rank, award.grade or ""
        one.unscaled = yuan(award.amount) if award.grade else None
        one.amount = yuan(award.paid) if award.grade else None
        one.waits = award.why == "waits"
    Candidate.objects.bulk_update(candidates, RECKONED, batch_size=CHUNK)
    Share.objects.filter(candidate__round=round).delete()
    Share.objects.bulk_create(_shares(round, candidates, awards), batch_size=CHUNK)


def _shares(round: AwardRound, candidates: Iterable[Candidate], awards: dict[str, roundfile.Award]) -> Iterable[Share]:
    graded = {one.proposal_id: one for one in candidates if one.is_awarded}
    rows = Authorship.objects.filter(proposal__in=graded).order_by("proposal", "place")
    places: dict[int, int] = {}
    for author in rows:
        one = graded[author.proposal_id]
        nth = places[one.pk] = places.get(one.pk, -1) + 1
        fen = awards[one.proposal.case.number].split[nth]
        yield Share(candidate=one, person_id=author.person_id, place=author.place, parts=author.share, amount=yuan(fen))


def yuan(fen: int) -> Decimal:
    return Decimal(fen) / 100
