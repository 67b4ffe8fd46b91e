"""A job that goes to another section takes its checks and findings along, of whatever months they are."""

from django.db import migrations

from workflows.reports.cockpit.triggers import day_of, moving

MOVED = "FROM before b JOIN after a ON a.id = b.id AND a.section_id IS DISTINCT FROM b.section_id"
MONTHS = (
    f"SELECT l.month::timestamp {MOVED} JOIN lots_lotjob j ON j.job_id = a.id JOIN lots_lot l ON l.id = j.lot_id "
    f"UNION ALL SELECT {day_of('f.found_at')} {MOVED} JOIN findings_finding f ON f.job_id = a.id"
)


class Migration(migrations.Migration):
    dependencies = [
        ("measures", "0002_evidence_taken"),
        ("reports", "0002_what_a_move_makes_stale"),
    ]

    operations = [*moving("audit", "jobs_job", MONTHS)]
