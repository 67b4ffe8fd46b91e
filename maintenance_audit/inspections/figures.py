"""How far two forms agree, over many claims at once: one query, whatever their number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.db import connection

from maintenance_audit.inspections.agreement import Agreement, agreement, chapman
from maintenance_audit.lots.models import DrawnJob
from maintenance_audit.lots.models.draw import COUNTED
from maintenance_audit.lots.models.lot import TOP

# Nobody who may still be drawn reads how many a tier below found, by whichever month and contractor: a lot counts once
# its last tier is sealed, or it is decided.
TOLD = """AND (l.decided_at IS NOT NULL OR EXISTS (
    SELECT FROM lots_draw t WHERE t.lot_id = l.id AND t.tier = %(top)s AND t.sealed_at IS NOT NULL))"""
# A pair is one claim that both forms can see, as each found it. By whom: all together, by inspector, by pair of them;
# nobody where the tier's last record is not sealed.
PAIRS = """
WITH pair AS (
  SELECT CASE WHEN w.sealed_at IS NOT NULL THEN sa.person_id END AS site,
         CASE WHEN w.sealed_at IS NOT NULL THEN ra.person_id END AS records, s.verdict AS seen, r.verdict AS read,
         coalesce(u.verdict = 'nonconforming', false) AS confirmed, d.why = ANY(%(counted)s) AS counts
  FROM inspections_inspection si
  JOIN inspections_inspection ri ON ri.drawn_job_id = si.drawn_job_id AND ri.form = 'records'
       AND ri.opened_at IS NOT NULL
  JOIN lots_assignment sa ON sa.id = si.assignment_id
  JOIN lots_assignment ra ON ra.id = ri.assignment_id
  JOIN lots_drawnjob d ON d.id = si.drawn_job_id
  JOIN lots_draw w ON w.id = d.draw_id
  JOIN lots_lot l ON l.id = w.lot_id
  JOIN inspections_found s ON s.inspection_id = si.id
  JOIN inspections_found r ON r.inspection_id = ri.id AND r.claim_id = s.claim_id
  LEFT JOIN inspections_ruling u ON u.drawn_job_id = d.id AND u.claim_id = s.claim_id
  WHERE si.form = 'site' AND si.opened_at IS NOT NULL {told} {where}
)
SELECT site, records, grouping(site, records),
       count(*) FILTER (WHERE seen = 'conforming' AND read = 'conforming'),
       count(*) FILTER (WHERE seen = 'nonconforming' AND read = 'nonconforming'),
       count(*) FILTER (WHERE seen = 'nonconforming' AND read = 'conforming'),
       count(*) FILTER (WHERE seen = 'conforming' AND read = 'nonconforming'),
       count(*) FILTER (WHERE 'cannot' IN (seen, read)),
       count(*) FILTER (WHERE confirmed AND counts AND seen = 'nonconforming'),
       count(*) FILTER (WHERE confirmed AND counts AND read = 'nonconforming'),
       count(*) FILTER (WHERE confirmed AND counts AND seen = 'nonconforming' AND read = 'nonconforming')
FROM pair GROUP BY GROUPING SETS ((), (site), (records), (site, records))
"""
ALL, SITE, RECORDS, BOTH = 3, 1, 2, 0  # what `grouping` says of each


@dataclass(frozen=True)
class Told:
    """Counts of one group of pairs. `cannot`: left out. `estimate`: of confirmed faults in drawn jobs, extras apart."""

    site: int | None
    records: int | None
    both_pass: int
    both_fail: int
    only_site: int
    only_records: int
    cannot: int
    estimate: Fraction

    @property
    def agreement(self) -> Agreement:
        return agreement(self.both_pass, self.both_fail, self.only_site, self.only_records)


@dataclass(frozen=True)
class Figures:
    all: Told
    by_site: list[Told]
    by_records: list[Told]
    by_pair: list[Told]


def of(where: str = "", values: Mapping[str, Any] | None = None) -> Figures:
    """`where`: further conditions on `l` (lot), `w` (draw) and `d` (drawn job), from this module alone."""
    with connection.cursor() as cursor:
        statement = PAIRS.format(told=TOLD, where=where)
        cursor.execute(statement, {"counted": [why.value for why in COUNTED], "top": TOP, **(values or {})})
        rows = cursor.fetchall()
    groups: dict[int, list[Told]] = {ALL: [], SITE: [], RECORDS: [], BOTH: []}
    for site, records, level, bp, bf, os, orr, cannot, c_site, c_records, c_both in rows:
        estimate = chapman(c_site, c_records, c_both)
        groups[level].append(Told(site, records, bp, bf, os, orr, cannot, estimate))
    nothing = Told(None, None, 0, 0, 0, 0, 0, Fraction(0))
    return Figures(next(iter(groups[ALL]), nothing), groups[SITE], groups[RECORDS], groups[BOTH])


def of_workshops(
    workshops: list[int], *, since: date | None = None, until: date | None = None, contractor: int | None = None,
    tier: int | None = None,
) -> Figures:  # fmt: skip
    """Of the lots of these workshops, by the month of the lot."""
    where = "AND l.workshop_id = ANY(%(workshops)s)"
    values: dict[str, Any] = {"workshops": workshops}
    for name, value, condition in (
        ("since", since, "l.month >= %(since)s"),
        ("until", until, "l.month <= %(until)s"),
        ("contractor", contractor, "l.contractor_id = %(contractor)s"),
        ("tier", tier, "w.tier = %(tier)s"),
    ):
        if value is not None:
            where, values = f"{where} AND {condition}", values | {name: value}
    return of(where, values)


def of_lot(lot_id: int, tier: int) -> Told:
    return of("AND l.id = %(lot)s AND w.tier = %(tier)s", {"lot": lot_id, "tier": tier}).all


def of_job(drawn_job: DrawnJob) -> Told:
    """Of the draw that the job belongs to: one job alone says too little. Nothing before its lot counts."""
    return of_lot(drawn_job.draw.lot_id, drawn_job.draw.tier)
