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
# The two sets are drawn up first, each by its round: a plan made before anybody counted the rows cannot cross them.
RECUSE = """
WITH judging AS MATERIALIZED (
  SELECT s.id AS seat, s.person_id AS judge, judge.unit_id
  FROM awards_seat s JOIN organisation_person judge ON judge.id = s.person_id
  WHERE s.round_id = %(round)s
), written AS MATERIALIZED (
  SELECT c.id AS candidate, c.filed_at, a.person_id AS author, a.place, at.id AS unit_id, at.kind, at.parent_id
  FROM awards_candidate c
  JOIN proposals_authorship a ON a.proposal_id = c.proposal_id
  JOIN organisation_person author ON author.id = a.person_id
  JOIN organisation_unit at ON at.id = author.unit_id
  WHERE c.round_id = %(round)s AND c.out = ''
)
INSERT INTO awards_recusal (seat_id, candidate_id, relation, refused)
SELECT DISTINCT ON (j.seat, w.candidate) j.seat, w.candidate, v.relation, 0
FROM judging j CROSS JOIN written w
CROSS JOIN LATERAL (
  SELECT CASE WHEN w.place = 1 THEN 'author' ELSE 'co_author' END AS relation, 1 AS rank WHERE w.author = j.judge
  UNION ALL
  SELECT 'own_team', 2 WHERE w.kind = 'team' AND j.unit_id = w.unit_id
  UNION ALL
  -- The direct superior: the author's team leader; of a leader, or of somebody without a team, the section's chief.
  SELECT 'superior', 3 FROM organisation_roleholding h
    WHERE h.person_id = j.judge AND h.starts_at <= %(at)s AND (h.ends_at IS NULL OR h.ends_at > %(at)s)
      AND (h.role = 'team_leader' AND h.unit_id = w.unit_id AND w.kind = 'team'
        OR h.role = 'section_chief' AND (w.kind = 'section' AND h.unit_id = w.unit_id
           OR w.kind = 'team' AND h.unit_id = w.parent_id AND EXISTS (
              SELECT FROM organisation_roleholding l WHERE l.person_id = w.author AND l.role = 'team_leader'
              AND l.unit_id = w.unit_id AND l.starts_at <= %(at)s AND (l.ends_at IS NULL OR l.ends_at > %(at)s))))
  UNION ALL
  SELECT 'tie', 4 FROM organisation_tie t
    WHERE (t.ended_at IS NULL OR t.ended_at > w.filed_at)
      AND (t.person_id = j.judge AND t.other_id = w.author OR t.other_id = j.judge AND t.person_id = w.author)
) v
ORDER BY j.seat, w.candidate, v.rank, v.relation
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
