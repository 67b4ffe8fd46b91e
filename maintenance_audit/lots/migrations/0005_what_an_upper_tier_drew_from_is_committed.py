import secrets
from typing import Any

from django.db import migrations, models

from maintenance_audit.lots.redraw import strata_commitment


def commit(apps: Any, schema_editor: Any) -> None:
    """Draws from before: their commitment is no older than this migration, and their entry in the ledger has none."""
    Draw = apps.get_model("lots", "Draw")
    for draw in Draw.objects.filter(tier__gt=1, strata_commitment="").select_related("lot__case"):
        draw.strata_salt = secrets.token_hex(16)
        number = draw.lot.case.number
        draw.strata_commitment = strata_commitment(number, draw.tier, draw.strata_salt, draw.strata)
        draw.save(update_fields=["strata_salt", "strata_commitment"])


class Migration(migrations.Migration):
    dependencies = [("lots", "0004_who_was_eligible_when_frozen")]

    operations = [
        migrations.AddField("draw", "strata_commitment", models.CharField(blank=True, max_length=64)),
        migrations.AddField("draw", "strata_salt", models.CharField(blank=True, max_length=32)),
        migrations.RunPython(commit, migrations.RunPython.noop),
        migrations.AddConstraint(
            "draw",
            models.CheckConstraint(
                condition=models.Q(strata_commitment="", strata_salt="")
                | models.Q(
                    tier__gt=1,
                    strata_commitment__regex="^[0-9a-f]{64}$",
                    strata_salt__regex="^[0-9a-f]{32}$",
                ),
                name="upper_draw_commits_what_it_drew_from",
            ),
        ),
    ]
