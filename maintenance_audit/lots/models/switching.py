"""Normal, tightened, reduced: where the inspection of one contractor stands in one workshop."""

from __future__ import annotations

from django.db import models


class Switching(models.Model):
    """`state` is the pure state machine's own, as `switching.State` writes it."""

    workshop = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+")
    contractor = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+")
    state = models.JSONField(default=dict)
    changed_at = models.DateTimeField()
    after_lot = models.ForeignKey("lots.Lot", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "contractor"], name="one_switching_state_a_contractor")
        ]
