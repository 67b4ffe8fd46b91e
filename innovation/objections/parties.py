"""Whom an objection concerns: none of them sits on its panel."""

from __future__ import annotations

from innovation.awards.models import Candidate, Seat
from innovation.proposals.models import Authorship
from workflows.engine.independence import DECIDING
from workflows.engine.models import Decision
from workflows.organisation.models import Person


def authors_of(candidate: Candidate) -> list[int]:
    return list(Authorship.objects.filter(proposal=candidate.proposal_id).values_list("person_id", flat=True))


def is_author(person: Person, candidate: Candidate) -> bool:
    return person.pk in authors_of(candidate)


def concerned(candidate: Candidate) -> list[tuple[int, str]]:
    """The award's authors, the round's judges, and everybody who decided about the proposal, or in whose seat."""
    decided = Decision.objects.filter(case=candidate.proposal.case_id, verb__in=DECIDING)
    deciders = {person for row in decided.values_list("actor_id", "on_behalf_of_id") for person in row if person}
    judges = Seat.objects.filter(round=candidate.round_id).values_list("person_id", flat=True)
    return [
        *((person, "awarded") for person in authors_of(candidate)),
        *((person, "judge") for person in judges),
        *((person, "earlier_decider") for person in sorted(deciders)),
    ]
