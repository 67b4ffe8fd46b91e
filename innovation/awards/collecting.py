"""Collect: which proposals a round looks at, and why each is in or out. One statement, however many there are."""

from __future__ import annotations

from typing import Any

from django.db import connection

from innovation.awards.models import AwardRound
from innovation.awards.rules import AwardRules

# Accepted in the workshop and never awarded, in this order of reasons. An award that was voided was one all the same:
# what an objection took away does not come back the month after. What waited for budget comes again; what was scored
# and got no grade does if the rules say so.
COLLECT = """
INSERT INTO awards_candidate (round_id, proposal_id, level, filed_at, verified_benefit, out, out_reason, added_reason,
                              score, grade, waits, void_reason)
SELECT %(round)s, p.id, p.accepted_level, c.filed_at,
       CASE WHEN p.verified_at <= opened.filed_at THEN p.verified_benefit END,
       CASE WHEN {earlier} THEN 'earlier'
            WHEN EXISTS (SELECT FROM awards_candidate k JOIN awards_awardround r ON r.id = k.round_id
                         JOIN engine_case under_way ON under_way.id = r.case_id
                         WHERE k.proposal_id = p.id AND k.out = '' AND r.confirmed_at IS NULL
                           AND under_way.state <> 'closed') THEN 'other_round'
            WHEN p.implemented_at IS NULL THEN 'not_implemented'
            WHEN p.implemented_at >= %(cut_off)s THEN 'later'
            ELSE '' END,
       '', '', '', '', false, ''
FROM proposals_proposal p
JOIN engine_case c ON c.id = p.case_id
JOIN organisation_unit u ON u.id = c.unit_id
JOIN engine_case opened ON opened.id = %(case)s
WHERE starts_with(u.path, %(path)s) AND p.accepted_level <> '' AND NOT c.imported AND c.filed_at <= opened.filed_at
  AND NOT EXISTS (SELECT FROM awards_candidate a WHERE a.proposal_id = p.id AND a.grade <> '' AND NOT a.waits)
  AND (%(again)s
       OR NOT EXISTS (SELECT FROM awards_candidate s WHERE s.proposal_id = p.id AND s.score <> '' AND s.grade = ''))
ORDER BY c.filed_at, p.id
"""

# The same condition, asked of one proposal that comes in by hand.
ASKED = """
SELECT {earlier} FROM proposals_proposal p
JOIN engine_case c ON c.id = p.case_id
JOIN organisation_unit u ON u.id = c.unit_id
WHERE p.id = %s
"""

_earlier: list[str] = []


def register_earlier(condition: str) -> None:
    """SQL that is true of a proposal `p` of case `c` filed in `u` when its award was given before this product's time.

    Such a proposal is listed with that reason, so that the officer sees why it is out.
    """
    _earlier.append(condition)


def collect(round: AwardRound, rules: AwardRules) -> int:
    """Write the round's candidates, in and out; how many."""
    asked: dict[str, Any] = {
        "round": round.pk,
        "case": round.case_id,
        "cut_off": round.cut_off,
        "again": rules.again,
        "path": round.workshop.path,
    }
    with connection.cursor() as cursor:
        cursor.execute(COLLECT.replace("{earlier}", " OR ".join(_earlier) or "false"), asked)
        return cursor.rowcount


def awarded_earlier(proposal_id: int) -> bool:
    """Was its award given before this product's time?"""
    with connection.cursor() as cursor:
        cursor.execute(ASKED.replace("{earlier}", " OR ".join(_earlier) or "false"), [proposal_id])
        return bool(cursor.fetchone()[0])
