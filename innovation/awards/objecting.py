"""What an objection does to an award: holds its pay-out while it is open, voids it when upheld, and nothing else.

Objections are cases of their own (innovation/objections), which know this module and are unknown to it: whoever holds
an award says so here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from innovation.awards import paying, solving
from innovation.awards.models import AwardRound, Candidate
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.store.gathering import change

Held = Callable[[AwardRound], QuerySet[Candidate]]
_holders: list[Held] = []


def register_holder(held: Held) -> None:
    """`held(round)`: its candidates whose pay-out has to wait now."""
    _holders.append(held)


@dataclass(frozen=True)
class Answer:
    """What is published of one objection that was decided."""

    candidate_id: int
    number: str
    upheld: bool
    reason: str
    at: datetime


Answers = Callable[[AwardRound], list[Answer]]
_tellers: list[Answers] = []


def register_answers(answers: Answers) -> None:
    """`answers(round)`: what was answered to objections to its awards, with the published reasons."""
    _tellers.append(answers)


def answers(round: AwardRound) -> list[Answer]:
    return sorted((answer for tell in _tellers for answer in tell(round)), key=lambda answer: answer.at)


def held(round: AwardRound) -> list[Candidate]:
    found = {one.pk: one for ask in _holders for one in ask(round).select_related("proposal__case")}
    return [found[pk] for pk in sorted(found)]


def void(candidate: Candidate, reason: str) -> None:
    """The award is void, for published reasons. What has been listed is reversed in the next list."""
    candidate.void_at, candidate.void_reason = now(), reason
    change(candidate, "void_at", "void_reason")
    append(
        subject=f"case:{candidate.round.case_id}",
        event="award.voided",
        payload={"case": candidate.proposal.case.number, "reason": reason},
    )
    if candidate.round.confirmed_at is not None:
        paying.reverse(candidate, reason)
    if candidate.round.published_at is not None:
        solving.take_back(candidate)


def let_go(candidate: Candidate) -> None:
    """The last objection was dismissed. After the list was drawn up, the award is paid with the next one."""
    if candidate.round.confirmed_at is not None and candidate.is_awarded:
        paying.release(candidate)
        if candidate.round.published_at is not None:
            solving.solve([candidate])
