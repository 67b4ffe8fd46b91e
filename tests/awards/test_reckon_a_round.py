"""A month's marks become ranks, grades and money: the rules' own examples, and a naive model without fractions.

The model below is written from product.md with long decimals and plain loops; it shares no code with recompute.py.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from functools import cmp_to_key
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovation.awards import recompute, roundfile
from innovation.awards.recompute import Grade, Wrong
from innovation.awards.roundfile import CandidateRecord, GradeRecord, RoundRecord, RulesRecord, reckoned
from tests.awards.rounds import CODES, JUDGES, OPENED, candidate, round_of, rounds

DIGITS = 120  # the model's decimals differ from exact fractions long after any two scores do


# Worked examples.


def test_the_panel_of_the_rules_example():
    score = recompute.panel_score([78, 88, 90, 81, 74])
    assert score == Fraction(247, 3)
    assert recompute.shown(score) == "82.33"


def test_four_marks_are_a_plain_mean_and_five_lose_two():
    assert recompute.panel_score([0, 100, 50, 51]) == Fraction(201, 4)
    assert recompute.panel_score([0, 100, 50, 51, 52]) == 51
    with pytest.raises(ValueError, match="no marks"):
        recompute.panel_score([])


def test_the_split_of_the_rules_example():
    assert recompute.split(200_000, [5, 3, 1]) == [111_111, 66_667, 22_222]
    assert recompute.split(100, [1, 1, 1]) == [34, 33, 33], "of equal remainders the earlier author"
    assert recompute.split(1, [1, 1]) == [1, 0]
    for shares in ([], [1, 0], [-1], [True]):
        with pytest.raises(ValueError, match="positive"):
            recompute.split(100, shares)


def test_a_mark_is_the_weighed_mean_and_a_weight_may_be_zero():
    assert recompute.mark([80, 90, 13], [2, 1, 0]) == Fraction(250, 3)
    for marks, weights in (([80], [0]), ([80], []), ([101], [1]), ([-1], [1]), ([80], [-1]), ([True], [1]), ([], [])):
        with pytest.raises(ValueError, match=r"mark|weight"):
            recompute.mark(marks, weights)


@pytest.mark.parametrize(
    ("score", "text"),
    [("0", "0.00"), ("0.005", "0.01"), ("82.345", "82.35"), ("82.3449999", "82.34"), ("99.995", "100.00")],
)
def test_shown_is_half_up(score, text):
    assert recompute.shown(Fraction(score)) == text


def test_compared_unrounded_though_shown_alike():
    """80.003 and 80.001 both read 80.00."""
    close = round_of(
        candidate(1, marks=marks(JUDGES[0], (80, 80, 0))),
        candidate(2, marks=marks(JUDGES[0], (80, 81, 0))),
        rules=weighed(100_000, 1, 1000),
    )
    first, second = reckoned(close)
    assert (first.case, second.case) == ("TA-2610-0002", "TA-2610-0001")
    assert first.score > second.score
    assert recompute.shown(first.score) == recompute.shown(second.score)


def marks(judge: str, given: tuple[int, ...]) -> dict[str, dict[str, int]]:
    return {judge: dict(zip(CODES, given, strict=True))}


def weighed(*weights: int) -> RulesRecord:
    rules = round_of().rules
    criteria = [roundfile.CriterionRecord(c.code, c.name, w) for c, w in zip(rules.criteria, weights, strict=True)]
    return RulesRecord(rules.version, criteria, rules.grades, rules.quorum)


# Order, grades, ceiling.


def test_ties_everywhere_fall_to_benefit_then_filing_then_number():
    earlier = OPENED - timedelta(days=21)
    tied = [
        candidate(9999, 80),
        candidate(10000, 80),
        candidate(3, 80, verified_benefit=Decimal("-1.00")),
        candidate(4, 80, verified_benefit=Decimal("0.01")),
        candidate(5, 80, filed_at=earlier),
        candidate(6, 80, verified_benefit=Decimal("0.00"), filed_at=earlier),
    ]
    awards = reckoned(round_of(*tied))
    assert [award.case[8:] for award in awards] == ["0004", "0005", "0006", "9999", "10000", "0003"]
    assert [award.rank for award in awards] == [1, 2, 3, 4, 5, 6]
    assert [award.grade for award in awards] == ["二等奖"] * 2 + ["三等奖"] * 4


def test_places_fill_from_the_top_and_overflow_falls_a_grade():
    awards = reckoned(round_of(*[candidate(n, s) for n, s in enumerate((99, 98, 97, 96, 60, 59), 1)]))
    assert [award.grade for award in awards] == ["一等奖", "二等奖", "二等奖", "三等奖", "三等奖", None]
    assert [award.why for award in awards] == [None] * 5 + ["below"]


def test_who_finds_every_grade_full_has_none_and_is_told():
    one = [GradeRecord("独奖", Decimal(60), Decimal(500), 1)]
    rules = RulesRecord(1, round_of().rules.criteria, one, 1)
    awards = reckoned(round_of(candidate(1, 80), candidate(2, 70), candidate(3, 59), rules=rules))
    assert [(award.grade, award.why) for award in awards] == [("独奖", None), (None, "full"), (None, "below")]


def test_a_lower_grade_may_not_ask_for_more():
    with pytest.raises(ValueError, match="no higher score"):
        recompute.grade([], [Grade("一", Fraction(60), None, 0), Grade("二", Fraction(61), None, 0)])


def test_scaling_floors_each_award_and_gives_the_rest_to_nobody():
    assert recompute.under_ceiling([(0, 200_000), (1, 80_000), (1, 80_000)], 100_000, "scale") == [55555, 22222, 22222]
    awards = reckoned(round_of(candidate(1, 90), candidate(2, 80), ceiling=Decimal(1000)))
    assert [award.paid for award in awards] == [71_428, 28_571]
    assert [sum(award.split) for award in awards] == [71_428, 28_571]
    assert recompute.under_ceiling([(0, 5)], 0, "scale") == [0]


def test_the_lowest_grade_waits_as_a_whole():
    awards = [(0, 200_000), (1, 80_000), (2, 30_000), (2, 30_000)]
    assert recompute.under_ceiling(awards, 340_000, "wait") == [200_000, 80_000, 30_000, 30_000]
    assert recompute.under_ceiling(awards, 339_999, "wait") == [200_000, 80_000, None, None]
    assert recompute.under_ceiling(awards, 200_000, "wait") == [200_000, None, None, None]
    assert recompute.under_ceiling(awards, 0, "wait") == [None] * 4
    free = [(0, 200_000), (1, 0)]
    assert recompute.under_ceiling(free, 1, "wait") == [None, 0], "a grade that costs nothing need not wait"
    with pytest.raises(ValueError, match="scaled"):
        recompute.under_ceiling(awards, 1, "hope")


# Bad luck.


def test_no_candidates():
    lines = roundfile.lines(round_of())
    assert len(lines) == 2
    assert recompute.parsed(lines[-1]) == {
        "line": "totals", "candidates": 0, "ranked": 0, "graded": 0, "amount": "0.00", "paid": "0.00",
        "waits": [], "void": [],
    }  # fmt: skip


def test_one_judge_left():
    (award,) = reckoned(round_of(candidate(1, 77, recused=JUDGES[1:])))
    assert (award.score, award.grade) == (77, "二等奖")
    rules = RulesRecord(1, round_of().rules.criteria, round_of().rules.grades, quorum=2)
    (award,) = reckoned(round_of(candidate(1, 77, recused=JUDGES[1:]), rules=rules))
    assert (award.rank, award.why) == (None, "few_marks")


def test_who_is_unmarked_withdrawn_or_out_is_last_and_told_why():
    awards = reckoned(
        round_of(
            candidate(1),
            candidate(2, 99, 98, standing="withdrawn", reason="作者撤回"),
            candidate(3, 99, standing="out", reason="已获奖"),
            candidate(4, 61),
        )
    )
    assert [(award.case[-1], award.why) for award in awards] == [
        ("4", None), ("1", "no_marks"), ("2", "withdrawn"), ("3", "out"),
    ]  # fmt: skip
    assert all(award.rank is None and award.paid == 0 and award.split == [0, 0, 0] for award in awards[1:])


def test_a_void_award_changes_nobody_elses():
    def of(standing: str) -> list[Any]:
        three = (candidate(1, 95, standing=standing), candidate(2, 94), candidate(3, 93))
        return reckoned(round_of(*three, ceiling=Decimal(3000)))

    assert of("void")[1:] == of("in")[1:]
    void = of("void")[0]
    assert (void.rank, void.grade, void.amount, void.paid, void.why) == (1, "一等奖", 200_000, 0, "void")


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"authors": ()}, "authors"),
        ({"authors": (roundfile.AuthorRecord("1", "a", "b", 0),)}, "authors"),
        ({"verified_benefit": Decimal("0.001")}, "verified_benefit"),
        ({"marks": {"J9": dict.fromkeys(CODES, 1)}}, "marks.J9"),
        ({"marks": {"J1": {"effect": 1}}}, "marks.J1"),
        ({"marks": {"J1": dict.fromkeys(CODES, 101)}}, "marks.J1.effect"),
        ({"marks": {"J1": dict.fromkeys(CODES, True)}}, "marks.J1.effect"),
        ({"marks": {"J1": dict.fromkeys(CODES, 1)}, "recused": ("J1",)}, "marks.J1"),
        ({"recused": ("J8",)}, "recused"),
        ({"standing": "paid"}, "standing"),
    ],
)
def test_what_cannot_be_reckoned_is_refused_by_its_field(fields, path):
    with pytest.raises(Wrong) as wrong:
        reckoned(round_of(candidate(1, **fields)))
    assert str(wrong.value) == path


def test_two_candidates_of_one_number_are_refused():
    with pytest.raises(Wrong, match="case"):
        reckoned(round_of(candidate(1, 80), candidate(1, 70)))


# The naive model.


def naive_mark(given: dict[str, int], record: RoundRecord) -> Decimal:
    over = sum(Decimal(given[c.code]) * c.weight for c in record.rules.criteria)
    return over / sum(c.weight for c in record.rules.criteria)


def naive_score(one: CandidateRecord, record: RoundRecord) -> Decimal | None:
    if one.standing in ("out", "withdrawn") or len(one.marks) < record.rules.quorum:
        return None
    by_size = sorted(naive_mark(given, record) for given in one.marks.values())
    if len(by_size) >= 5:
        by_size = by_size[1:-1]
    return (sum(by_size) / len(by_size)).quantize(Decimal(10) ** -(DIGITS // 2), ROUND_HALF_UP)


def naive_before(a: tuple[CandidateRecord, Decimal], b: tuple[CandidateRecord, Decimal]) -> int:
    (one, mine), (other, theirs) = a, b
    if mine != theirs:
        return -1 if mine > theirs else 1
    if (one.verified_benefit or 0) != (other.verified_benefit or 0):
        return -1 if (one.verified_benefit or 0) > (other.verified_benefit or 0) else 1
    if one.filed_at != other.filed_at:
        return -1 if one.filed_at < other.filed_at else 1
    return -1 if int(one.case.split("-")[2]) < int(other.case.split("-")[2]) else 1


def naive_grades(scores: list[Decimal], record: RoundRecord) -> list[GradeRecord | None]:
    """By grade, from the best: its places go to the best who reach it and have none yet."""
    given: list[GradeRecord | None] = [None] * len(scores)
    for grade in record.rules.grades:
        for place, score in enumerate(scores):
            full = grade.places is not None and sum(g is grade for g in given) >= grade.places
            if given[place] is None and score >= grade.minimum and not full:
                given[place] = grade
    return given


def naive_paid(grades: list[GradeRecord | None], record: RoundRecord) -> list[Decimal]:
    amounts = [grade.amount if grade else Decimal(0) for grade in grades]
    if record.ceiling is None or sum(amounts) <= record.ceiling:
        return amounts
    if record.above_ceiling == "scale":
        return [Decimal(int(amount * 100 * record.ceiling / sum(amounts) + Decimal(10) ** -60)) / 100
                for amount in amounts]  # fmt: skip
    for worst in reversed(record.rules.grades):
        if sum(amounts) > record.ceiling:
            amounts = [Decimal(0) if g is worst else amount for g, amount in zip(grades, amounts, strict=True)]
    return amounts


def naive_split(amount: Decimal, shares: list[int]) -> list[Decimal]:
    """One fen after another goes to whoever is furthest below an exact share, unless rounding down settled it."""
    exact = [amount * share / sum(shares) for share in shares]
    parts = [Decimal(int(part * 100 + Decimal(10) ** -60)) / 100 for part in exact]
    remainders = [(e - p).quantize(Decimal(10) ** -60) for e, p in zip(exact, parts, strict=True)]
    while sum(parts) < amount:
        author = remainders.index(max(remainders))
        parts[author] += Decimal("0.01")
        remainders[author] = Decimal(-1)
    return parts


def naive(record: RoundRecord) -> list[tuple[Any, ...]]:
    with localcontext() as context:
        context.prec = DIGITS
        rated = [(one, score) for one in record.candidates if (score := naive_score(one, record)) is not None]
        rated.sort(key=cmp_to_key(naive_before))
        grades = naive_grades([score for _, score in rated], record)
        rows = []
        for (one, score), grade, paid in zip(rated, grades, naive_paid(grades, record), strict=True):
            paid = Decimal(0) if one.standing == "void" else paid
            text = str(score.quantize(Decimal("0.01"), ROUND_HALF_UP))
            parts = naive_split(paid, [author.share for author in one.authors])
            rows.append((one.case, text, grade and grade.name, paid, parts))
        return rows


@given(rounds())
def test_every_round_is_what_the_naive_model_says(record):
    found = [
        (a.case, recompute.shown(a.score), a.grade, Decimal(a.paid) / 100, [Decimal(part) / 100 for part in a.split])
        for a in reckoned(record)
        if a.score is not None
    ]
    assert found == naive(record)


@given(rounds())
def test_what_holds_of_every_round(record):
    awards = reckoned(record)
    assert sorted(a.case for a in awards) == sorted(c.case for c in record.candidates), "everyone is answered once"
    assert all(sum(a.split) == a.paid <= a.amount and min(a.split) >= 0 for a in awards)
    ranked = [a for a in awards if a.rank]
    assert [a.rank for a in ranked] == list(range(1, len(ranked) + 1))
    assert all(one.score >= other.score for one, other in pairwise(ranked))
    assert all(a.why for a in awards if not a.paid and not (a.grade and (a.amount == 0 or record.ceiling is not None)))
    for grade in record.rules.grades:
        held = [a for a in ranked if a.grade == grade.name]
        assert grade.places is None or len(held) <= grade.places
        assert all(a.score >= Fraction(grade.minimum) for a in held)
    if record.ceiling is not None:
        assert sum(a.paid for a in awards) <= record.ceiling * 100


@given(rounds(), st.data())
def test_a_better_mark_never_lowers_a_rank(record, data):
    able = [award.case for award in reckoned(record) if award.rank]
    if not able:
        return
    case = data.draw(st.sampled_from(able))
    one = next(c for c in record.candidates if c.case == case)
    judge, code = data.draw(st.sampled_from(sorted(one.marks))), record.rules.criteria[0].code
    given = {**one.marks[judge], code: data.draw(st.integers(one.marks[judge][code], 100))}
    raised = replace(one, marks={**one.marks, judge: given})
    after = replace(record, candidates=[raised if c is one else c for c in record.candidates])
    before, after = (next(a for a in reckoned(r) if a.case == one.case) for r in (record, after))
    assert after.score >= before.score
    assert after.rank <= before.rank


@given(st.integers(0, 10**9), st.lists(st.integers(1, 9999), min_size=1, max_size=12))
def test_a_split_is_exact_fair_and_in_order(amount, shares):
    parts = recompute.split(amount, shares)
    assert sum(parts) == amount
    assert all(abs(part - Fraction(amount * share, sum(shares))) < 1 for part, share in zip(parts, shares, strict=True))
    for one in range(len(shares)):
        for later in range(one + 1, len(shares)):
            assert shares[one] != shares[later] or parts[one] >= parts[later]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 50)), max_size=8), st.integers(0, 200), st.integers(0, 200))
def test_a_higher_ceiling_never_pays_less(awards, low, high):
    amount_of = dict(awards)
    awards = [(place, amount_of[place]) for place, _ in awards]
    low, high = sorted((low, high))
    for how in ("scale", "wait"):
        less, more = (recompute.under_ceiling(awards, ceiling, how) for ceiling in (low, high))
        assert sum(filter(None, less)) <= low
        assert all((a or 0) <= (b or 0) for a, b in zip(less, more, strict=True))


@given(st.lists(st.lists(st.integers(0, 100), min_size=3, max_size=3), min_size=1, max_size=9))
def test_the_score_of_a_round_is_the_panel_score_of_marks(given):
    """The round divides by the weights once; the rules say: each judge's mark first."""
    weights = {"effect": 5, "novelty": 3, "spread": 1}
    one = {"marks": {f"J{n}": dict(zip(CODES, row, strict=True)) for n, row in enumerate(given)}}
    plain = recompute.panel_score([recompute.mark(row, [5, 3, 1]) for row in given])
    assert recompute.score_of(one, weights) == plain


@given(rounds())
def test_a_round_is_written_and_read_back(record):
    lines = roundfile.lines(record)
    assert roundfile.lines(roundfile.read(lines)) == lines
    assert roundfile.read(lines) == roundfile.read(roundfile.lines(roundfile.read(lines)))
    assert all(recompute.canonical(recompute.parsed(line)).encode() == line for line in lines)
