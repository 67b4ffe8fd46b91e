"""A row of a file may name the people of its job."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("jobs", "0003_imports_and_mappings")]

    operations = [migrations.AddField("importrow", "people", models.JSONField(default=dict))]
