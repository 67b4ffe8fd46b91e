"""Proposals and awards by month and by the unit where they were filed.

A proposal counts as filed in the month of its filing, as accepted and as implemented in the month in which it first got
to a step that comes after it, as verified in the month of the verification, with the forecast and the verified benefit
apart. An award belongs to the month of its round, once that is published.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from workflows.reports.cockpit import indicators
from workflows.reports.cockpit.counting import Source

SOURCE = "innovation"
ACCEPTED = ("arrangement", "implementation")
IMPLEMENTED = ("effect_report", "finance_check", "chief_check")
NOT_BEEN = ("passed_up", "taken_back")

LABELS = {
    "filed": _("Proposals filed"),
    "accepted": _("Proposals accepted"),
    "implemented": _("Proposals implemented"),
    "verified": _("Effects verified"),
    "forecast": _("Forecast benefit of those verified"),
    "saving": _("Verified benefit"),
    "awards": _("Awards"),
    "award_money": _("Award money"),
}


def _names(nodes: tuple[str, ...]) -> str:
    return ", ".join(f"'{node}'" for node in nodes)


MONTH = "date_trunc('month', {} AT TIME ZONE %(zone)s)::date"
SINCE = "(SELECT min(m) FROM unnest(%(months)s::date[]) m)::timestamp AT TIME ZONE %(zone)s"
# What was filed in these months moved since they began; one that got somewhere in them as well.
FILED = f"""
SELECT {MONTH.format("filed_at")} AS month, unit_id, NULL::bigint, 'filed', count(*)::numeric
FROM engine_case WHERE kind = 'proposal' AND NOT imported AND moved_at >= {SINCE}
  AND {MONTH.format("filed_at")} = ANY(%(months)s::date[]) GROUP BY 1, 2
"""  # noqa: S608
REACHED = f"""
SELECT month, unit_id, NULL::bigint, name, count(*)::numeric FROM (
    SELECT {MONTH.format("first.at")} AS month, c.unit_id, first.name
    FROM engine_case c CROSS JOIN LATERAL (
        SELECT CASE WHEN s.node IN ({_names(ACCEPTED)}) THEN 'accepted' ELSE 'implemented' END AS name,
               min(s.opened_at) AS at
        FROM engine_step s WHERE s.case_id = c.id AND s.node IN ({_names(ACCEPTED + IMPLEMENTED)})
          AND s.outcome NOT IN ({_names(NOT_BEEN)}) GROUP BY 1) first
    WHERE c.kind = 'proposal' AND NOT c.imported AND c.moved_at >= {SINCE}) f
WHERE month = ANY(%(months)s::date[]) GROUP BY 1, 2, 4
"""  # noqa: S608
VERIFIED = f"""
SELECT month, unit_id, NULL::bigint, v.name, v.value FROM (
    SELECT {MONTH.format("p.verified_at")} AS month, c.unit_id, count(*)::numeric AS verified,
           sum(p.forecast_benefit) AS forecast, sum(p.verified_benefit) AS saving
    FROM proposals_proposal p JOIN engine_case c ON c.id = p.case_id
    WHERE NOT c.imported AND p.verified_at >= {SINCE}
      AND {MONTH.format("p.verified_at")} = ANY(%(months)s::date[]) GROUP BY 1, 2) x
CROSS JOIN LATERAL (VALUES ('verified', verified), ('forecast', forecast), ('saving', saving)) v (name, value)
"""  # noqa: S608
AWARDED = """
SELECT month, unit_id, NULL::bigint, v.name, v.value FROM (
    SELECT r.month, c.unit_id, count(*)::numeric AS awards, sum(a.amount) AS award_money
    FROM awards_candidate a JOIN awards_awardround r ON r.id = a.round_id
    JOIN proposals_proposal p ON p.id = a.proposal_id JOIN engine_case c ON c.id = p.case_id
    WHERE r.published_at IS NOT NULL AND r.month = ANY(%(months)s::date[])
      AND a.out = '' AND NOT a.waits AND a.void_at IS NULL AND a.grade <> '' GROUP BY 1, 2) x
CROSS JOIN LATERAL (VALUES ('awards', awards), ('award_money', award_money)) v (name, value)
"""
FIRST = f"""
SELECT least((SELECT {MONTH.format("min(filed_at)")} FROM engine_case WHERE kind = 'proposal' AND NOT imported),
             (SELECT min(month) FROM awards_awardround))
"""  # noqa: S608

INNOVATION = Source(SOURCE, " UNION ALL ".join((FILED, REACHED, VERIFIED, AWARDED)), FIRST, LABELS, "innovation")


def suggest() -> None:
    """Indicators to begin with."""
    indicators.suggest(
        label=gettext_noop("Acceptance rate"), numerator="innovation.accepted", denominator="innovation.filed",
        better="higher",
    )  # fmt: skip
    indicators.suggest(
        label=gettext_noop("Verified of the forecast"), numerator="innovation.saving",
        denominator="innovation.forecast", better="higher", benchmark="80",
        source=gettext_noop("The plant's own last three years"),
    )  # fmt: skip
