"""Repeat repairs 重复检修: the same tag and the same failure again within so many days of acceptance.

Counted by the code that stood at acceptance (`first_failure_code`): changing it later unlinks nothing. A job that had
no code never counts, and how many had none is said beside the figure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta

from django.db import connection
from django.db.models import Q

from maintenance_audit.jobs.models import Job
from workflows.ledger.clock import now

DAYS = 30  # where the plant has published nothing else


def find(job: Job, days: int) -> Job | None:
    """The job that this accepted one repeats: the latest of its tag and failure within the days."""
    if job.first_failure_code_id is None or job.accepted_on is None:
        return None
    before = Q(accepted_on__lt=job.accepted_on) | Q(accepted_on=job.accepted_on, pk__lt=job.pk)
    same = Job.objects.filter(equipment=job.equipment_id, first_failure_code=job.first_failure_code_id)
    window = same.filter(before, accepted_on__gte=job.accepted_on - timedelta(days=days)).exclude(pk=job.pk)
    return window.order_by("-accepted_on", "-pk").first()


# What the rules in force at a moment say of the unit `u`: those of the nearest unit above, there the latest.
RULE = """
SELECT (v.content ->> 'repeat_days')::integer FROM engine_ruleversion v JOIN organisation_unit a ON a.id = v.unit_id
WHERE v.kind = 'job' AND v.state = 'published' AND v.effective_from <= {moment} AND starts_with(u.path, a.path)
ORDER BY length(a.path) DESC, v.effective_from DESC, v.number DESC LIMIT 1
"""
# A job that is worked on here keeps to the rules that its case is pinned to; another to those when it was received.
LINK = f"""
WITH ranked AS (
    SELECT o.id, o.case_id, o.section_id, o.received_at, o.accepted_on - lag(o.accepted_on) OVER w AS days,
           lag(o.id) OVER w AS before
    FROM jobs_job o
    WHERE o.accepted_on IS NOT NULL AND (o.equipment_id, o.first_failure_code_id) IN (
        SELECT equipment_id, first_failure_code_id FROM jobs_job WHERE id = ANY(%(jobs)s)
    )
    WINDOW w AS (PARTITION BY o.equipment_id, o.first_failure_code_id ORDER BY o.accepted_on, o.id)
), ruled AS (
    SELECT s.section_id, s.received_at, ({RULE.format(moment="s.received_at")}) AS days
    FROM (SELECT DISTINCT section_id, received_at FROM ranked WHERE case_id IS NULL AND before IS NOT NULL) s
    JOIN organisation_unit u ON u.id = s.section_id
), close AS (
    SELECT r.id, r.before FROM ranked r
    LEFT JOIN ruled w ON r.case_id IS NULL AND w.section_id = r.section_id AND w.received_at = r.received_at
    LEFT JOIN engine_case c ON c.id = r.case_id LEFT JOIN engine_ruleversion v ON v.id = c.rules_id
    WHERE r.days <= COALESCE(w.days, (v.content ->> 'repeat_days')::integer, %(days)s)
)
UPDATE jobs_job j SET repeats_id = close.before FROM close
WHERE j.id = close.id AND j.repeats_id IS DISTINCT FROM close.before
"""  # noqa: S608
WINDOWS = f"""
SELECT u.id, COALESCE(({RULE.format(moment="%(moment)s")}), %(days)s)
FROM organisation_unit u WHERE u.id = ANY(%(units)s)
"""  # noqa: S608


def link(job_ids: Collection[int]) -> int:
    """Write down what these jobs repeat, and what by them is repeated. One statement; nothing is unlinked.

    Returns how many links were written.
    """
    with connection.cursor() as cursor:
        cursor.execute(LINK, {"jobs": list(job_ids), "days": DAYS})
        return int(cursor.rowcount)


def windows(unit_ids: Iterable[int]) -> dict[int, int]:
    """Unit → days within which a repair repeats another there, by the rules in force now. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(WINDOWS, {"units": list(unit_ids), "moment": now(), "days": DAYS})
        return dict(cursor.fetchall())
