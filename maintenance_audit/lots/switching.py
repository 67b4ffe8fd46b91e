"""Switching 转移规则: how strictly the next lot of a contractor is inspected, by what became of the ones before.

A pure state machine, ISO 2859-1 clause 9: `State` in, `State` out. Resubmitted lots are never shown to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

NORMAL, TIGHTENED, REDUCED, DISCONTINUED = "normal", "tightened", "reduced", "discontinued"
Inspection = Literal["normal", "tightened", "reduced", "discontinued"]

ENOUGH = 30  # the switching score from which reduced inspection may be asked for
WINDOW, TOO_MANY = 5, 2  # two non-accepted among at most five consecutive lots
BACK_TO_NORMAL = 5  # accepted one after the other on tightened
DISCONTINUE = 5  # non-accepted in one spell on tightened


@dataclass(frozen=True)
class Outcome:
    """What became of an original lot. `ac` of its plan; `tighter`: also acceptable one AQL step tighter."""

    accepted: bool
    ac: int
    tighter: bool = False


@dataclass(frozen=True)
class State:
    inspection: Inspection = "normal"
    score: int = 0  # on normal
    recent: tuple[bool, ...] = ()  # on normal: the last lots of this spell, accepted or not, newest last
    accepted_in_a_row: int = 0  # on tightened
    not_accepted: int = 0  # on tightened, in this spell

    @property
    def may_be_reduced(self) -> bool:
        return self.inspection == NORMAL and self.score >= ENOUGH


def after_lot(state: State, outcome: Outcome) -> State:
    """The state for the next lot."""
    return _AFTER[state.inspection](state, outcome)


def reduce(state: State, *, steady: bool, consents: bool) -> State:
    """To reduced inspection: the score is there, the work is steady and the audit lead consents. Else as it was."""
    return State(inspection="reduced") if state.may_be_reduced and steady and consents else state


def irregular_work(state: State) -> State:
    """Work became irregular: reduced inspection ends."""
    return State() if state.inspection == REDUCED else state


def improvement_accepted(state: State) -> State:
    """The contractor's improvement is accepted: sampling resumes, tightened."""
    return State(inspection="tightened") if state.inspection == DISCONTINUED else state


def _after_normal(state: State, outcome: Outcome) -> State:
    recent = (*state.recent, outcome.accepted)[-WINDOW:]
    if recent.count(False) >= TOO_MANY:
        return State(inspection="tightened")
    return replace(state, recent=recent, score=_score(state.score, outcome))


def _score(score: int, outcome: Outcome) -> int:
    if outcome.ac >= 2:
        return score + 3 if outcome.accepted and outcome.tighter else 0
    return score + 2 if outcome.accepted else 0


def _after_tightened(state: State, outcome: Outcome) -> State:
    if outcome.accepted:
        row = state.accepted_in_a_row + 1
        return State() if row >= BACK_TO_NORMAL else replace(state, accepted_in_a_row=row)
    missed = state.not_accepted + 1
    if missed >= DISCONTINUE:
        return State(inspection="discontinued")
    return replace(state, accepted_in_a_row=0, not_accepted=missed)


def _after_reduced(state: State, outcome: Outcome) -> State:
    return state if outcome.accepted else State()


def _after_discontinued(state: State, outcome: Outcome) -> State:
    return state


_AFTER = {
    NORMAL: _after_normal,
    TIGHTENED: _after_tightened,
    REDUCED: _after_reduced,
    DISCONTINUED: _after_discontinued,
}


def to_json(state: State) -> dict[str, Any]:
    return asdict(state) | {"recent": list(state.recent)}


def from_json(content: Mapping[str, Any]) -> State:
    return State(**{**content, "recent": tuple(content.get("recent", ()))})
