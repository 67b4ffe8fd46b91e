from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("lots", "0005_what_an_upper_tier_drew_from_is_committed")]

    operations = [migrations.AddField("assignment", "chosen", models.JSONField(default=dict))]
