"""Who may not check a job 回避: its people, the requesting team, whoever worked for the contractor within three years
or inspected for it in both of its last two draws; and whoever has a declared tie to one of them.

`parties_of` writes the same people into a case, so that the engine's independence holds at every step of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from maintenance_audit.jobs.models import Job
from maintenance_audit.lots.models import Draw, Lot
from workflows.engine.independence import register_relation
from workflows.engine.models import Case, Waiver
from workflows.ledger.clock import now
from workflows.organisation.models import Person, Posting, Role, RoleHolding, Unit

YEARS = 3
LAST = 2  # draws

RELATIONS = {
    "job_person": _("%(person)s has a part in this job."),
    "requesting_team": _("%(person)s belongs to the team that asked for this job."),
    "employed": _("%(person)s worked for this contractor within the last three years."),
    "both_last_draws": _("%(person)s inspected for this contractor in both of its last two draws."),
    "inspected_it": _("%(person)s has inspected this job already."),
    "rechecked": _("%(person)s has re-checked a finding of this job."),
}
_judged: list[Callable[[Collection[int]], Iterable[tuple[int, int]]]] = []

# Relations to a job, and ties to those who have one: both kinds bar.
CONCERNED = """
WITH job AS (
  SELECT id, team_id, received_at FROM jobs_job WHERE id = ANY(%(jobs)s)
), common AS (
  SELECT * FROM unnest(%(common)s::bigint[], %(why)s::text[]) AS c (person, relation)
), concerned AS (
  SELECT j.id AS job, p.person_id AS person, 'job_person' AS relation, j.received_at
  FROM job j JOIN jobs_jobperson p ON p.job_id = j.id
  UNION ALL
  SELECT j.id, p.id, 'requesting_team', j.received_at FROM job j JOIN organisation_person p ON p.unit_id = j.team_id
  UNION ALL
  SELECT j.id, c.person, c.relation, j.received_at FROM job j CROSS JOIN common c
)
"""
BARRED = """
, tie AS (
  SELECT person_id AS one, other_id AS other, ended_at FROM organisation_tie WHERE person_id = ANY(%(staff)s)
  UNION ALL
  SELECT other_id, person_id, ended_at FROM organisation_tie WHERE other_id = ANY(%(staff)s)
)
SELECT job, person, relation FROM concerned WHERE person = ANY(%(staff)s)
UNION ALL
SELECT c.job, t.one, 'tie' FROM concerned c JOIN tie t ON t.other = c.person
WHERE t.ended_at IS NULL OR t.ended_at > c.received_at
"""
PARTIES = "SELECT DISTINCT person, relation FROM concerned ORDER BY person, relation"


def register_judges(judged: Callable[[Collection[int]], Iterable[tuple[int, int]]]) -> None:
    """Of these jobs, (job, person) of whoever has judged since what was found of it: they know what the tiers below
    found, and check it in none above."""
    if judged not in _judged:
        _judged.append(judged)


def barred(lot: Lot, job_ids: Collection[int], people: Collection[int]) -> dict[int, dict[int, str]]:
    """Job → person → why they may not check it; without those whom a granted waiver of the lot lets in.

    As many statements for a hundred thousand jobs as for one.
    """
    waived = waived_in(lot)
    staff = [pk for pk in people if pk not in waived]
    common = from_all(lot.workshop, lot.contractor, before=lot)
    found: dict[int, dict[int, str]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(
            CONCERNED + BARRED,
            {"jobs": list(job_ids), "staff": staff, "common": list(common), "why": list(common.values())},
        )
        for job, person, relation in cursor.fetchall():
            found[job].setdefault(person, relation)
    known = set(staff)
    for job, person in (pair for judged in _judged for pair in judged(job_ids)):
        if person in known:
            found[job].setdefault(person, "rechecked")
    return found


def parties_of(job: Job, lot: Lot | None = None) -> list[tuple[int, str]]:
    """(person, relation) of everybody who may not decide about this job, for the parties of a case about it."""
    assert job.contractor is not None
    waived = waived_in(lot) if lot is not None else set()
    common = from_all(job.workshop, job.contractor, before=lot)
    with connection.cursor() as cursor:
        cursor.execute(
            CONCERNED + PARTIES,
            {"jobs": [job.pk], "common": list(common), "why": list(common.values())},
        )
        return [(person, relation) for person, relation in cursor.fetchall() if person not in waived]


def from_all(workshop: Unit, contractor: Unit, *, before: Lot | None = None) -> dict[int, str]:
    """Person → relation of those who may check none of this contractor's jobs."""
    found = dict.fromkeys(_inspected_twice(workshop, contractor, before), "both_last_draws")
    found |= dict.fromkeys(_employed(contractor, now()), "employed")
    waived = waived_in(before) if before is not None else set()
    return {person: relation for person, relation in found.items() if person not in waived}


def waived_in(lot: Lot) -> set[int]:
    return set(Waiver.objects.granted().filter(case=lot.case_id).values_list("person_id", flat=True))


def bars(case: Case, person: Person) -> list[str]:
    """What keeps somebody from the jobs of a lot: from all of them, or from some."""
    lot: Lot = case.lot  # type: ignore[attr-defined]
    jobs = list(lot.jobs.values_list("job_id", flat=True))
    out = barred(lot, jobs, [person.pk]) if jobs else {}
    common = from_all(lot.workshop, lot.contractor, before=lot)
    found = [common[person.pk]] if person.pk in common else []
    return sorted({*found, *(relation for by_job in out.values() for relation in by_job.values())})


def leads_of(workshop: Unit) -> QuerySet[RoleHolding, int]:
    """Keys of the people who lead audits there now: they read and rule what was found below, in every tier."""
    held = RoleHolding.objects.in_force().filter(role=Role.AUDIT_LEAD, unit__in=workshop.ancestor_ids)
    return held.values_list("person", flat=True)


def _employed(contractor: Unit, moment: datetime) -> set[int]:
    since = moment.replace(year=moment.year - YEARS, day=min(moment.day, 28))
    held = Posting.objects.filter(unit__path__startswith=contractor.path)
    recent = held.filter(ends_at=None) | held.filter(ends_at__gt=since)
    return set(recent.values_list("person_id", flat=True))


def _inspected_twice(workshop: Unit, contractor: Unit, before: Lot | None) -> set[int]:
    """In each of the contractor's last two lots that were drawn before this one, in whichever tier."""
    draws = Draw.objects.filter(lot__workshop=workshop, lot__contractor=contractor, tier=1)
    if before is not None:
        draws = draws.exclude(lot=before.pk)
    last = list(draws.order_by("-drawn_at", "-pk").values_list("lot", flat=True)[:LAST])
    if len(last) < LAST:
        return set()
    checked: list[set[int]] = []
    for lot in last:
        sealed = Draw.objects.filter(lot=lot, jobs__assignments__sealed_at__isnull=False)
        checked.append(set(sealed.values_list("jobs__assignments__person_id", flat=True)))
    return set.intersection(*checked) - {None}


def register() -> None:
    for name, words in RELATIONS.items():
        register_relation(name, words)
