"""How signers decide together, against the plainest possible reading of the rule."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from workflows.engine.tally import Ballot, all_of, any_of, quorum_in, vote

CHOICES = (None, "approve", "reject", "abstain")
ballots = st.lists(st.builds(Ballot, st.integers(1, 3), st.sampled_from(CHOICES)), min_size=1, max_size=5)
shares = st.sampled_from([Fraction(1, 2), Fraction(2, 3), Fraction(4, 5), Fraction(1)])


def passes(seats: list[Ballot], share: Fraction) -> bool:
    approve = sum(b.weight for b in seats if b.choice == "approve")
    reject = sum(b.weight for b in seats if b.choice == "reject")
    return approve + reject > 0 and Fraction(approve, approve + reject) >= Fraction(share)


def naive(seats: list[Ballot], quorum: Fraction, share: Fraction) -> str | None:
    """Decided once quorum is in and every way the open votes may fall ends alike."""
    total, voted = sum(b.weight for b in seats), sum(b.weight for b in seats if b.choice)
    if Fraction(voted, total) < Fraction(quorum):
        return None
    out = [i for i, b in enumerate(seats) if b.choice is None]
    ends = set()
    for way in product(("approve", "reject", "abstain"), repeat=len(out)):
        full = list(seats)
        for index, choice in zip(out, way, strict=True):
            full[index] = Ballot(seats[index].weight, choice)
        ends.add(passes(full, share))
    if len(ends) == 1:
        return "passed" if ends.pop() else "failed"
    return None


@given(ballots, shares, shares)
def test_a_vote_is_decided_exactly_when_open_votes_cannot_change_it(seats, quorum, share) -> None:
    assert vote(seats, quorum, share) == naive(seats, quorum, share)


@given(ballots, shares, shares)
def test_at_the_deadline_it_is_decided_by_what_is_in_or_not_at_all(seats, quorum, share) -> None:
    result = vote(seats, quorum, share, closing=True)
    if not quorum_in(seats, quorum):
        assert result is None
    else:
        assert (result == "passed") == passes(seats, share)


def test_all_abstaining_is_not_passed() -> None:
    assert vote([Ballot(1, "abstain")] * 3, Fraction(4, 5), Fraction(1, 2)) == "failed"


def test_four_of_five_with_two_thirds() -> None:
    seats = [Ballot(1, "approve")] * 3 + [Ballot(1, "reject"), Ballot(1)]
    assert vote(seats, Fraction(4, 5), Fraction(2, 3)) is None
    assert vote([*seats[:4], Ballot(1, "approve")], Fraction(4, 5), Fraction(2, 3)) == "passed"
    assert vote([*seats[:4], Ballot(1, "reject")], Fraction(4, 5), Fraction(2, 3)) == "failed"


def test_two_of_three_are_two_thirds() -> None:
    """0.6667 would be a little more, and a plant that says two thirds means that two of three pass."""
    assert vote([Ballot(1, "approve")] * 2 + [Ballot(1, "reject")], Fraction(1), Fraction(2, 3)) == "passed"


@given(ballots)
def test_all_of_needs_everybody_and_any_of_the_first(seats) -> None:
    choices = [b.choice for b in seats]
    expected = "failed" if "reject" in choices else "passed" if set(choices) == {"approve"} else None
    assert all_of(seats) == expected
    first = next((c for c in choices if c in ("approve", "reject")), None)
    assert any_of(seats) == {None: None, "approve": "passed", "reject": "failed"}[first]
