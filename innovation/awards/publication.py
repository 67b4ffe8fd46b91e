"""What hangs out in publicity 公示: every award of a round with its marks, its sums and how it stands.

As many statements for ten awards as for two thousand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, TextField
from django.db.models.functions import Cast, JSONObject
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
    """`round` with its case, the case's rules and its workshop. One statement, and two for objections."""
    graded = Candidate.objects.filter(round=round).exclude(grade="").order_by("rank")
    found = list(graded.select_related("proposal__case").annotate(opened=_opened(), wrote=_wrote(), paid=_paid()))
    held = {one.pk for one in objecting.held(round)}
    dismissed: dict[int, list[objecting.Answer]] = defaultdict(list)
    for answer in objecting.answers(round):
        if not answer.upheld:
            dismissed[answer.candidate_id].append(answer)
    return Publication(round, list(_awards(found, _Marks(rules_of(round.case)), held, dismissed)))


# What belongs to an award comes with it as a list, each read by its index: the plan is the same for any number.


def _opened() -> ArraySubquery:
    """What each judge gave, by place."""
    sheets = Sheet.objects.filter(candidate=OuterRef("pk"), marks__isnull=False).order_by("seat__place")
    return ArraySubquery(sheets.values(given=JSONObject(place="seat__place", marks="marks")))


def _wrote() -> ArraySubquery:
    """Who wrote it, in the order of the case."""
    authors = Authorship.objects.filter(proposal=OuterRef("proposal")).order_by("place")
    said = JSONObject(person="person_id", name="person__name", unit="person__unit__name", parts="share")
    return ArraySubquery(authors.values(author=said))


def _paid() -> ArraySubquery:
    """What was reckoned for each, as text so that it stays exact."""
    shares = Share.objects.filter(candidate=OuterRef("pk")).order_by("place")
    return ArraySubquery(shares.values(share=JSONObject(person="person_id", amount=Cast("amount", TextField()))))


def _awards(
    found: Iterable[Any], marks: _Marks, held: set[int], dismissed: dict[int, list[objecting.Answer]]
) -> Iterator[Award]:
    before: Award | None = None
    for one in found:
        score = numerals.score_of(one.score)
        tie = _tie(before.candidate, one) if before and before.score == score else ""
        answers = dismissed.get(one.pk, [])
        before = Award(one, score, marks.of(one.opened), list(_parts(one)), one.pk in held, tie, answers)
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


def _parts(one: Any) -> Iterator[Part]:
    paid = {share["person"]: Decimal(share["amount"]) for share in one.paid}
    whole = sum(author["parts"] for author in one.wrote)
    for author in one.wrote:
        yield Part(author["name"], author["unit"], author["parts"], whole, paid.get(author["person"]))
