"""One drawn job, checked in one form by one inspector: a case of its own, so that nobody reads another's."""

from __future__ import annotations

from django.db import models

from maintenance_audit.register.models import Form
from workflows.engine.models.row import CaseRow


class Inspection(CaseRow):
    """`sealed_seq`: the ledger entry that holds the record, encrypted until both forms are sealed."""

    assignment = models.OneToOneField("lots.Assignment", models.PROTECT, related_name="inspection")
    drawn_job = models.ForeignKey("lots.DrawnJob", models.PROTECT, related_name="inspections")
    form = models.CharField(max_length=7, choices=Form)
    sealed_at = models.DateTimeField(null=True, blank=True)
    sealed_seq = models.PositiveIntegerField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)  # both are sealed: it may be read


class Draft(models.Model):
    """What came from the phone so far, encrypted. `token`: of the form it came from; the same again is kept once."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="drafts")
    token = models.UUIDField(unique=True)
    content = models.BinaryField()
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["inspection", "-received_at"]
