"""Proposals, candidates and rounds say themselves which months of the cockpit's sums they touched."""

from django.db import migrations

from workflows.reports.cockpit.triggers import day_of, watching

CASE = day_of("(SELECT c.filed_at FROM engine_case c WHERE c.id = r.case_id)")
FIRST = "(SELECT min(s.opened_at) FROM engine_step s WHERE s.case_id = r.case_id AND s.node IN ({}))"
ACCEPTED = day_of(FIRST.format("'arrangement', 'implementation'"))
IMPLEMENTED = day_of(FIRST.format("'effect_report', 'finance_check', 'chief_check'"))
ROUND = "(SELECT o.month FROM awards_awardround o WHERE o.id = r.round_id)"


class Migration(migrations.Migration):
    dependencies = [
        ("awards", "0004_standing_in_another_round"),
        ("proposals", "0001_proposals_and_problems"),
        ("reports", "0001_months_counted"),
    ]

    operations = [
        *watching("innovation", "proposals_proposal", CASE, ACCEPTED, IMPLEMENTED, day_of("r.verified_at")),
        *watching("innovation", "awards_candidate", ROUND),
        *watching("innovation", "awards_awardround", "r.month"),
    ]
