"""The tables that the sums of a month are counted from say themselves when a month was touched."""

from django.db import migrations

from workflows.reports.cockpit.triggers import day_of, watching

LOT_OF_DRAWN = "SELECT l.month FROM lots_draw w JOIN lots_lot l ON l.id = w.lot_id WHERE w.id = r.draw_id"
LOT_OF_RULING = (
    "SELECT l.month FROM lots_drawnjob d JOIN lots_draw w ON w.id = d.draw_id JOIN lots_lot l ON l.id = w.lot_id "
    "WHERE d.id = r.drawn_job_id"
)
FOUND = "SELECT " + day_of("f.found_at") + " FROM findings_finding f WHERE f.id = r.finding_id"


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0001_months_counted"),
        ("jobs", "0001_jobs_claims_and_holds"),
        ("lots", "0001_lots_and_draws"),
        ("inspections", "0001_inspections_and_rulings"),
        ("findings", "0001_findings_and_rectifications"),
    ]

    operations = [
        *watching("audit", "jobs_job", "r.accepted_on"),
        *watching("audit", "lots_lot", "r.month"),
        *watching("audit", "lots_drawnjob", f"({LOT_OF_DRAWN})"),
        *watching("audit", "inspections_ruling", f"({LOT_OF_RULING})"),
        *watching("audit", "findings_finding", day_of("r.found_at")),
        *watching("audit", "findings_reply", f"({FOUND})"),
    ]
