"""How the signers of a step decide together. Pure: no Django, no database.

Shares are exact fractions: two thirds is 2/3, and two of three votes reach it.
Source: product definition, "Approval vocabulary": all-of 会签, any-of 或签, weighted vote 票签.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Choice = Literal["approve", "reject", "abstain"]
Verdict = Literal["passed", "failed"]


@dataclass(frozen=True)
class Ballot:
    """One non-recused signer: weight > 0, and the choice, None while it is still out."""

    weight: int
    choice: Choice | None = None


def all_of(ballots: Iterable[Ballot]) -> Verdict | None:
    """The first rejection fails; passed once every signer has approved."""
    choices = [b.choice for b in ballots]
    if "reject" in choices:
        return "failed"
    return "passed" if choices and all(c == "approve" for c in choices) else None


def any_of(ballots: Iterable[Ballot]) -> Verdict | None:
    """The first decision is the decision."""
    for ballot in ballots:
        if ballot.choice in ("approve", "reject"):
            return "passed" if ballot.choice == "approve" else "failed"
    return None


def quorum_in(ballots: Iterable[Ballot], quorum: Fraction) -> bool:
    """Has a `quorum` share (0 < q ≤ 1) of the non-recused weight voted? Abstaining counts."""
    seats = list(ballots)
    total = sum(b.weight for b in seats)
    voted = sum(b.weight for b in seats if b.choice)
    return total > 0 and voted >= quorum * total


def vote(ballots: Iterable[Ballot], quorum: Fraction, pass_share: Fraction, *, closing: bool = False) -> Verdict | None:
    """Weighted vote: passed if approve ÷ (approve + reject) ≥ pass share; all abstaining = not passed.

    Decided as soon as the quorum is in and the votes still out cannot change it; `closing` (the deadline) decides by
    what is in. None: not decided. Without quorum it is never decided here, at the deadline it escalates.
    """
    seats = list(ballots)
    if not quorum_in(seats, quorum):
        return None
    weight = {"approve": 0, "reject": 0, "abstain": 0, None: 0}
    for ballot in seats:
        weight[ballot.choice] += ballot.weight
    out = 0 if closing else weight[None]
    surely = _reaches(weight["approve"], weight["reject"] + out, pass_share)
    if surely:
        return "passed"
    possibly = _reaches(weight["approve"] + out, weight["reject"], pass_share)
    return None if possibly else "failed"


def _reaches(approve: int, reject: int, pass_share: Fraction) -> bool:
    return approve > 0 and approve >= pass_share * (approve + reject)
