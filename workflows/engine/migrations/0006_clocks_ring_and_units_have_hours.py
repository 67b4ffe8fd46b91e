import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Steps that are open already ring at their reminder or deadline; the reminder only if it is still to come.
RING = """
UPDATE engine_step SET rings_at = CASE WHEN remind_at > now() THEN remind_at ELSE due_at END
    WHERE closed_at IS NULL AND due_at IS NOT NULL;
"""
# A draft from before has been with the publishers since it was drafted.
SUBMITTED = "UPDATE engine_ruleversion SET submitted_at = drafted_at WHERE state = 'draft' AND note <> '';"


class Migration(migrations.Migration):
    dependencies = [
        ("engine", "0005_every_verb"),
        ("organisation", "0003_absences"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("step", "escalate_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("step", "reminded_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("step", "late_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("step", "escalated_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("step", "rings_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunSQL(RING, migrations.RunSQL.noop),
        migrations.AddIndex(
            "step",
            models.Index(
                fields=["rings_at"],
                name="step_clock_to_ring",
                condition=models.Q(("closed_at", None), ("rings_at__isnull", False)),
            ),
        ),
        migrations.AlterField(
            "workitem",
            "origin",
            models.CharField(
                choices=[
                    ("pool", "By role"),
                    ("named", "By name"),
                    ("carried", "Approval stands"),
                    ("added", "Added signer"),
                    ("consulted", "Asked for an opinion"),
                    ("given", "Transferred"),
                    ("escalated", "Escalated"),
                ],
                default="pool",
                max_length=9,
            ),
        ),
        migrations.AddField("ruleversion", "submitted_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunSQL(SUBMITTED, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="ShiftPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rotation", models.JSONField()),
                ("begins_on", models.DateField(blank=True, null=True)),
                ("every_day", models.BooleanField(default=False)),
                ("changed_at", models.DateTimeField()),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "unit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.unit"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CalendarImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255)),
                ("digest", models.CharField(max_length=64)),
                ("uploaded_at", models.DateTimeField()),
                ("rows", models.JSONField()),
                ("faults", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("applied", "Applied"), ("discarded", "Discarded")],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                (
                    "uploader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
    ]
