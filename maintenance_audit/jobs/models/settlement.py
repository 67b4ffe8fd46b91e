"""A settlement that was opened again: the month that is over keeps its figures, the difference counts where it was
corrected."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q


class SettlementCorrection(models.Model):
    job = models.ForeignKey("jobs.Job", models.PROTECT, related_name="corrections")
    before = models.DecimalField(max_digits=14, decimal_places=2)
    after = models.DecimalField(max_digits=14, decimal_places=2)
    reason = models.CharField(max_length=400)
    corrected_at = models.DateTimeField()
    corrected_by = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["job", "corrected_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(before=F("after")), name="correction_changes_the_amount"),
            models.CheckConstraint(condition=~Q(reason=""), name="correction_says_why"),
        ]

    @property
    def difference(self) -> Decimal:
        return self.after - self.before
