"""Who judges a round, at drawn places, and which candidates each may not mark."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.db import connection

from innovation.awards.models import AwardRound, Seat
from workflows.ledger.entries import append
from workflows.organisation import roles
from workflows.organisation.models import Person, Role

# The plainest relation is kept: an author is told that they are one, whatever else they are.
RECUSE = """
INSERT INTO awards_recusal (seat_id, candidate_id, relation, refused)
SELECT DISTINCT ON (seat, candidate) seat, candidate, relation, 0 FROM (
  SELECT s.id AS seat, c.id AS candidate, v.relation, v.rank
  FROM awards_seat s
  JOIN awards_candidate c ON c.round_id = s.round_id
  JOIN proposals_authorship a ON a.proposal_id = c.proposal_id
  JOIN organisation_person author ON author.id = a.person_id
  JOIN organisation_unit at ON at.id = author.unit_id
  JOIN organisation_person judge ON judge.id = s.person_id
  CROSS JOIN LATERAL (
    SELECT CASE WHEN a.place = 1 THEN 'author' ELSE 'co_author' END AS relation, 1 AS rank
      WHERE a.person_id = judge.id
    UNION ALL
    SELECT 'own_team', 2 WHERE at.kind = 'team' AND judge.unit_id = at.id
    UNION ALL
    -- The direct superior: the author's team leader; of a leader, or of somebody without a team, the section's chief.
    SELECT 'superior', 3 FROM organisation_roleholding h
      WHERE h.person_id = judge.id AND h.starts_at <= %(at)s AND (h.ends_at IS NULL OR h.ends_at > %(at)s)
        AND (h.role = 'team_leader' AND h.unit_id = at.id AND at.kind = 'team'
          OR h.role = 'section_chief' AND (at.kind = 'section' AND h.unit_id = at.id
             OR at.kind = 'team' AND h.unit_id = at.parent_id AND EXISTS (
                SELECT FROM organisation_roleholding l WHERE l.person_id = author.id AND l.role = 'team_leader'
                AND l.unit_id = at.id AND l.starts_at <= %(at)s AND (l.ends_at IS NULL OR l.ends_at > %(at)s))))
    UNION ALL
    SELECT 'tie', 4 FROM organisation_tie t
      WHERE (t.ended_at IS NULL OR t.ended_at > c.filed_at)
        AND (t.person_id = judge.id AND t.other_id = a.person_id OR t.other_id = judge.id AND t.person_id = a.person_id)
  ) v
  WHERE s.round_id = %(round)s AND c.out = ''
) found ORDER BY seat, candidate, rank, relation
ON CONFLICT (seat_id, candidate_id) DO NOTHING
"""


def judges_of(round: AwardRound) -> list[Person]:
    """Whoever holds the role at the workshop now."""
    return [held.person for held in roles.holders(Role.JUDGE, round.workshop_id)]


def seat(round: AwardRound, people: Sequence[Person], *, instead_of: Sequence[Seat] = ()) -> list[Seat]:
    """Give these judges places in drawn order, behind those that are taken, and write down who may not mark what."""
    drawn = list(people)
    secrets.SystemRandom().shuffle(drawn)
    taken = Seat.objects.filter(round=round).count()
    gone = [*instead_of, *[None] * len(drawn)]
    seats = Seat.objects.bulk_create(
        Seat(round=round, person=person, place=place, instead_of=earlier)
        for place, person, earlier in zip(range(taken + 1, taken + len(drawn) + 1), drawn, gone, strict=False)
    )
    recuse(round)
    append(
        subject=f"case:{round.case_id}",
        event="award.judges.seated",
        payload={"judges": sorted(person.employee_no for person in drawn), "places": [s.name for s in seats]},
    )
    return seats


def recuse(round: AwardRound) -> None:
    """Safe to run again when a candidate comes in later. One statement."""
    from workflows.ledger.clock import now

    with connection.cursor() as cursor:
        cursor.execute(RECUSE, {"round": round.pk, "at": now()})


def eligible_substitutes(round: AwardRound) -> list[Person]:
    """Who could be drawn: judges named since, and the workshop's reviewers, as far as they have no seat."""
    seated = set(Seat.objects.filter(round=round).values_list("person_id", flat=True))
    found = {person.pk: person for person in judges_of(round)}
    for held in roles.holders(Role.WORKSHOP_REVIEWER, round.workshop_id):
        found.setdefault(held.person_id, held.person)
    return [person for pk, person in sorted(found.items()) if pk not in seated]
