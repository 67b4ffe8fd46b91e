import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shipped", "0001_initial"), ("engine", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Kept",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to="engine.case"
                    ),
                ),
                ("state", models.TextField()),
            ],
        ),
    ]
