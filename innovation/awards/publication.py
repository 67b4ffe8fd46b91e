"""What hangs out in publicity 公示: every award of a round with its marks, its sums and how it stands.

A handful of statements, the same for ten awards and for two thousand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.functional import cached_property

from innovation.awards import numerals, objecting, recompute
from innovation.awards.models import AwardRound, Candidate, Share, Sheet
from innovation.awards.records import rules_of
from innovation.awards.rules import AwardRules
from innovation.proposals.models import Authorship


@dataclass(frozen=True)
class Mark:
    """One judge's mark, whose name nobody reads."""

    judge: str
    value: Fraction
    dropped: bool

    @property
    def shown(self) -> str:
        return numerals.plainly(self.value)


@dataclass(frozen=True)
class Part:
    """One author's part of an award; the sum is None where nothing is paid."""

    name: str
    unit: str
    parts: int
    whole: int
    amount: Decimal | None


@dataclass(frozen=True)
class Award:
    candidate: Candidate
    score: Fraction
    marks: list[Mark]
    authors: list[Part]
    held: bool
    tie: str  # what placed it behind one of the same score: "benefit", "filing", "number", or ""
    dismissed: Sequence[objecting.Answer] = ()  # with their reasons; an upheld one's stand with the void award itself

    @property
    def number(self) -> str:
        return self.candidate.proposal.case.number

    @property
    def title(self) -> str:
        return self.candidate.proposal.case.title

    @property
    def shown(self) -> str:
        return recompute.shown(self.score)

    @property
    def terms(self) -> str:
        return numerals.terms([mark.value for mark in self.marks])

    @property
    def state(self) -> str:
        """void, waits, held or stands."""
        one = self.candidate
        return "void" if one.void_at else "waits" if one.waits else "held" if self.held else "stands"

    @property
    def is_scaled(self) -> bool:
        return not self.candidate.waits and self.candidate.amount != self.candidate.unscaled


@dataclass(frozen=True)
class Publication:
    round: AwardRound
    awards: list[Award]

    @cached_property
    def rules(self) -> AwardRules:
        return rules_of(self.round.case)

    @property
    def standing(self) -> list[Award]:
        return [award for award in self.awards if award.candidate.is_awarded]

    @property
    def total(self) -> Decimal:
        return sum((award.candidate.amount or Decimal(0) for award in self.standing), Decimal(0))

    @property
    def held(self) -> list[Award]:
        return [award for award in self.awards if award.state == "held"]

    @property
    def state(self) -> str:
        """open: objections are taken; over: the period has passed; confirmed; published."""
        if self.round.published_at:
            return "published"
        if self.round.confirmed_at:
            return "confirmed"
        return "open" if self.round.is_open_for_objections else "over"


def of(round: AwardRound) -> Publication:
    """`round` with its case, the case's rules and its workshop. Two statements, and two for objections."""
    found = list(_graded(round).select_related("proposal__case").annotate(opened=_opened()).order_by("rank"))
    authors, marks = _authors(round), _Marks(rules_of(round.case))
    held = {one.pk for one in objecting.held(round)}
    dismissed: dict[int, list[objecting.Answer]] = defaultdict(list)
    for answer in objecting.answers(round):
        if not answer.upheld:
            dismissed[answer.candidate_id].append(answer)
    return Publication(round, list(_awards(found, marks, authors, held, dismissed)))


def _graded(round: AwardRound) -> QuerySet[Candidate]:
    return Candidate.objects.filter(round=round).exclude(grade="")


def _opened() -> ArraySubquery:
    """By place: what each judge gave."""
    opened = Sheet.objects.filter(candidate=OuterRef("pk"), marks__isnull=False).order_by("seat__place")
    return ArraySubquery(opened.values(given=JSONObject(place="seat__place", marks="marks")))


def _awards(
    found: Sequence[Candidate],
    marks: _Marks,
    authors: dict[int, list[Part]],
    held: set[int],
    dismissed: dict[int, list[objecting.Answer]],
) -> Iterator[Award]:
    before: Award | None = None
    for one in found:
        score = numerals.score_of(one.score)
        tie = _tie(before.candidate, one) if before and before.score == score else ""
        sheets = one.opened  # type: ignore[attr-defined]
        parts, answers = authors.get(one.proposal_id, []), dismissed.get(one.pk, [])
        before = Award(one, score, marks.of(sheets), parts, one.pk in held, tie, answers)
        yield before


def _tie(before: Candidate, one: Candidate) -> str:
    if (before.verified_benefit or 0) != (one.verified_benefit or 0):
        return "benefit"
    return "filing" if before.filed_at != one.filed_at else "number"


class _Marks:
    """Marks by the weights of these rules."""

    def __init__(self, rules: AwardRules) -> None:
        self.codes = [criterion.key for criterion in rules.criteria]
        self.weights = [criterion.weight for criterion in rules.criteria]

    def of(self, sheets: Sequence[Mapping[str, Any]]) -> list[Mark]:
        values = [recompute.mark([sheet["marks"][code] for code in self.codes], self.weights) for sheet in sheets]
        out = numerals.left_out(values)
        judges = [f"J{sheet['place']}" for sheet in sheets]
        return [Mark(judge, value, n in out) for n, (judge, value) in enumerate(zip(judges, values, strict=True))]


def _authors(round: AwardRound) -> dict[int, list[Part]]:
    """By proposal, in the order of the case, each with what was reckoned for them."""
    paid = Share.objects.filter(
        candidate__round=round, candidate__proposal=OuterRef("proposal"), person=OuterRef("person")
    )
    rows = Authorship.objects.filter(proposal__in=_graded(round).order_by().values("proposal"))
    rows = rows.annotate(paid=Subquery(paid.order_by().values("amount")[:1])).order_by("proposal", "place")
    grouped: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for proposal, *author in rows.values_list("proposal_id", "person__name", "person__unit__name", "share", "paid"):
        grouped[proposal].append(tuple(author))
    return {proposal: list(_parts(authors)) for proposal, authors in grouped.items()}


def _parts(authors: list[tuple[Any, ...]]) -> Iterable[Part]:
    whole = sum(share for _name, _unit, share, _paid in authors)
    for name, unit, share, paid in authors:
        yield Part(name, unit, share, whole, paid)
