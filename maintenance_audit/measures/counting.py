"""What is counted of jobs, checks and findings, by month, section and contractor: one statement for any months.

A job belongs to the month in which it was accepted; a check to its lot's month, once the lot is decided; a finding to
the month in which it was found, with what has become of it since. The same words answer the rows behind each.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from workflows.reports.cockpit import indicators
from workflows.reports.cockpit.counting import Source

SOURCE = "audit"

LABELS = {
    "jobs": _("Jobs accepted"),
    "hours": _("Man-hours of accepted jobs"),
    "amount": _("Settled amount of accepted jobs"),
    "uncoded": _("Jobs without a failure code"),
    "repeats": _("Repeat repairs"),
    "repeat_hours": _("Man-hours of repeat repairs"),
    "planned": _("Jobs with a planned end"),
    "late_jobs": _("Jobs completed after it"),
    "refused": _("Jobs whose acceptance was refused before"),
    "lots": _("Lots decided"),
    "lots_accepted": _("Lots accepted"),
    "checked": _("Drawn jobs checked"),
    "bad_jobs": _("Drawn jobs nonconforming"),
    "claims": _("Claims checked"),
    "bad_claims": _("Claims nonconforming"),
    "cannot": _("Claims that could not be verified"),
    "found": _("Findings"),
    "minor": _("Minor findings"),
    "major": _("Major findings"),
    "critical": _("Critical findings"),
    "withdrawn": pgettext_lazy("findings", "Withdrawn"),
    "replied": _("Findings replied to"),
    "upheld": _("Replies upheld"),
    "closed": pgettext_lazy("findings", "Rectified and closed"),
    "ordered": _("Findings with a rectification order"),
    "closed_late": _("Closed after the day ordered"),
}

# Each part says how its rows are grouped and what is summed; all together are one SELECT.
JOBS = """
SELECT j.month, j.unit_id, j.party_id, v.name, v.value FROM (
    SELECT date_trunc('month', accepted_on)::date AS month, section_id AS unit_id, contractor_id AS party_id,
           count(*) AS jobs, sum(hours) AS hours, sum(settled_amount) AS amount,
           count(*) FILTER (WHERE first_failure_code_id IS NULL) AS uncoded,
           count(*) FILTER (WHERE repeats_id IS NOT NULL) AS repeats,
           sum(hours) FILTER (WHERE repeats_id IS NOT NULL) AS repeat_hours,
           count(*) FILTER (WHERE planned_end IS NOT NULL AND completed_at IS NOT NULL) AS planned,
           count(*) FILTER (WHERE (completed_at AT TIME ZONE %(zone)s)::date > planned_end) AS late_jobs,
           count(*) FILTER (WHERE refusals > 0) AS refused
    FROM jobs_job
    WHERE accepted_on >= (SELECT min(m) FROM unnest(%(months)s) m)
      AND accepted_on < (SELECT max(m) + interval '1 month' FROM unnest(%(months)s) m)::date
      AND date_trunc('month', accepted_on)::date = ANY(%(months)s)
      AND contractor_id IS NOT NULL AND state <> 'cancelled'
    GROUP BY 1, 2, 3) j
CROSS JOIN LATERAL (VALUES ('jobs', jobs), ('hours', hours), ('amount', amount), ('uncoded', uncoded),
    ('repeats', repeats), ('repeat_hours', repeat_hours), ('planned', planned), ('late_jobs', late_jobs),
    ('refused', refused)) v (name, value) WHERE v.value <> 0
"""
LOTS = """
SELECT month, workshop_id, contractor_id, v.name, v.value FROM (
    SELECT month, workshop_id, contractor_id, count(*) AS lots, count(*) FILTER (WHERE accepted) AS lots_accepted
    FROM lots_lot WHERE month = ANY(%(months)s) AND decided_at IS NOT NULL AND resubmits_id IS NULL
    GROUP BY 1, 2, 3) l
CROSS JOIN LATERAL (VALUES ('lots', lots), ('lots_accepted', lots_accepted)) v (name, value) WHERE v.value <> 0
"""
# The drawn jobs of the teams' tier of decided lots, extras left out; a resubmitted lot never counts again.
DRAWN = """
    FROM lots_lot l JOIN lots_draw w ON w.lot_id = l.id AND w.tier = 1
    JOIN lots_drawnjob d ON d.draw_id = w.id AND d.why IN ('drawn', 'all')
    JOIN lots_lotjob f ON f.id = d.lot_job_id JOIN jobs_job j ON j.id = f.job_id
    WHERE l.month = ANY(%(months)s) AND l.decided_at IS NOT NULL AND l.resubmits_id IS NULL
"""
CHECKED = f"""
SELECT month, section_id, contractor_id, v.name, v.value FROM (
    SELECT l.month, j.section_id, l.contractor_id, count(*) AS checked,
           count(*) FILTER (WHERE d.result = 'nonconforming') AS bad_jobs
    {DRAWN} AND d.result <> '' GROUP BY 1, 2, 3) c
CROSS JOIN LATERAL (VALUES ('checked', checked), ('bad_jobs', bad_jobs)) v (name, value) WHERE v.value <> 0
"""  # noqa: S608
# What stands of a claim is what the highest tier said that ruled on it; whose finding was withdrawn conforms.
CLAIMS = f"""
SELECT month, section_id, contractor_id, v.name, v.value FROM (
    SELECT month, section_id, contractor_id, count(*) FILTER (WHERE verdict <> 'cannot') AS claims,
           count(*) FILTER (WHERE verdict = 'nonconforming') AS bad_claims,
           count(*) FILTER (WHERE verdict = 'cannot') AS cannot
    FROM (
        SELECT DISTINCT ON (t.frame, r.claim_id) t.month, t.section_id, t.contractor_id,
               CASE WHEN r.verdict <> 'conforming' AND (SELECT bool_and(g.withdrawn_at IS NOT NULL)
                    FROM findings_finding g WHERE g.claim_id = r.claim_id) THEN 'conforming' ELSE r.verdict END
                    AS verdict
        FROM (SELECT l.month, j.section_id, l.contractor_id, f.id AS frame {DRAWN}) t
        JOIN lots_drawnjob d ON d.lot_job_id = t.frame JOIN lots_draw w ON w.id = d.draw_id
        JOIN inspections_ruling r ON r.drawn_job_id = d.id
        ORDER BY t.frame, r.claim_id, w.tier DESC) stands
    GROUP BY 1, 2, 3) c
CROSS JOIN LATERAL (VALUES ('claims', claims), ('bad_claims', bad_claims), ('cannot', cannot)) v (name, value)
WHERE v.value <> 0
"""  # noqa: S608
FINDINGS = """
SELECT month, section_id, contractor_id, v.name, v.value FROM (
    SELECT date_trunc('month', f.found_at AT TIME ZONE %(zone)s)::date AS month, j.section_id, f.contractor_id,
           count(*) AS found, count(*) FILTER (WHERE severity = 'minor' AND withdrawn_at IS NULL) AS minor,
           count(*) FILTER (WHERE severity = 'major' AND withdrawn_at IS NULL) AS major,
           count(*) FILTER (WHERE severity = 'critical' AND withdrawn_at IS NULL) AS critical,
           count(f.withdrawn_at) AS withdrawn,
           count(*) FILTER (WHERE r.replied) AS replied, count(*) FILTER (WHERE r.upheld) AS upheld,
           count(f.closed_at) FILTER (WHERE f.withdrawn_at IS NULL) AS closed, count(f.rectify_by) AS ordered,
           count(*) FILTER (WHERE (f.closed_at AT TIME ZONE %(zone)s)::date > f.rectify_by
                            AND f.withdrawn_at IS NULL) AS closed_late
    FROM findings_finding f JOIN jobs_job j ON j.id = f.job_id
    LEFT JOIN LATERAL (SELECT true AS replied, coalesce(bool_or(y.upheld), false) AS upheld
                       FROM findings_reply y WHERE y.finding_id = f.id HAVING count(*) > 0) r ON true
    WHERE f.found_at >= (SELECT min(m) FROM unnest(%(months)s) m)::timestamp AT TIME ZONE %(zone)s
      AND f.found_at < (SELECT max(m) + interval '1 month' FROM unnest(%(months)s) m) AT TIME ZONE %(zone)s
      AND date_trunc('month', f.found_at AT TIME ZONE %(zone)s)::date = ANY(%(months)s)
    GROUP BY 1, 2, 3) c
CROSS JOIN LATERAL (VALUES ('found', found), ('minor', minor), ('major', major), ('critical', critical),
    ('withdrawn', withdrawn), ('replied', replied), ('upheld', upheld), ('closed', closed), ('ordered', ordered),
    ('closed_late', closed_late)) v (name, value) WHERE v.value <> 0
"""
FIRST = """
SELECT date_trunc('month', least(
    (SELECT min(accepted_on) FROM jobs_job), (SELECT min(month) FROM lots_lot),
    (SELECT min(found_at AT TIME ZONE %(zone)s) FROM findings_finding)))::date
"""

AUDIT = Source(
    name=SOURCE,
    select=" UNION ALL ".join(
        part.replace("%(months)s", "%(months)s::date[]") for part in (JOBS, LOTS, CHECKED, CLAIMS, FINDINGS)
    ),
    first=FIRST,
    labels=LABELS,
    panel="checks",
)


def suggest() -> None:
    """Indicators to begin with."""
    indicators.suggest(
        label=gettext_noop("Repeat repair by orders"), numerator="audit.repeats", denominator="audit.jobs",
        benchmark="6", source=gettext_noop("The plant's own last three years"),
    )  # fmt: skip
    indicators.suggest(
        label=gettext_noop("Claims nonconforming"), numerator="audit.bad_claims", denominator="audit.claims",
        benchmark="4", source=gettext_noop("The sampling plan's AQL"),
    )  # fmt: skip
    indicators.suggest(
        label=gettext_noop("Jobs completed late"), numerator="audit.late_jobs", denominator="audit.planned",
    )  # fmt: skip
    indicators.suggest(
        label=gettext_noop("Man-hours a job"), numerator="audit.hours", denominator="audit.jobs", per="ratio",
    )  # fmt: skip
