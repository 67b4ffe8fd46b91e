"""A finding that is withdrawn clears its claim, in the month of the claim's lot, too. What was counted is counted anew."""

from django.db import migrations

from workflows.reports.cockpit.triggers import moving

MONTHS = (
    "SELECT l.month::timestamp FROM before b JOIN after a ON a.id = b.id AND a.withdrawn_at IS DISTINCT FROM "
    "b.withdrawn_at JOIN lots_lotjob j ON j.job_id = a.job_id JOIN lots_lot l ON l.id = j.lot_id"
)
ANEW = "INSERT INTO reports_stalemark (source, month) SELECT source, month FROM reports_countedmonth WHERE source = 'audit'"


class Migration(migrations.Migration):
    dependencies = [("measures", "0003_a_job_that_moves")]
    operations = [
        *moving("audit", "findings_finding", MONTHS),
        migrations.RunSQL(ANEW, migrations.RunSQL.noop),
    ]
