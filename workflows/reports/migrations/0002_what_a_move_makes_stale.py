"""A change of one table may touch months of what is counted from others."""

from django.db import migrations

from workflows.reports.cockpit.triggers import BETWEEN, DROP_BETWEEN


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_months_counted")]

    operations = [migrations.RunSQL(BETWEEN, DROP_BETWEEN)]
