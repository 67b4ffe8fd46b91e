"""A drawn job whose two forms disagree, or whose verdict an upper tier changes: ruled claim by claim."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from maintenance_audit.inspections.models.record import Verdict
from workflows.engine.models.row import CaseRow


class Adjudication(CaseRow):
    drawn_job = models.OneToOneField("lots.DrawnJob", models.PROTECT, related_name="adjudication")


class Ruling(models.Model):
    """What stands of a claim after comparing: agreed by both forms, ruled, or changed by an upper tier with reasons."""

    drawn_job = models.ForeignKey("lots.DrawnJob", models.PROTECT, related_name="rulings")
    claim = models.ForeignKey("jobs.Claim", models.PROTECT, related_name="rulings")
    verdict = models.CharField(max_length=13, choices=Verdict)
    value = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    severity = models.CharField(max_length=8, blank=True)
    nature = models.CharField(max_length=20, blank=True)
    agreed = models.BooleanField()  # both forms said the same, or only one can see it
    reasons = models.TextField(blank=True)
    ruled_by = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")
    ruled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["drawn_job", "claim"], name="claim_ruled_once_a_tier"),
            models.CheckConstraint(condition=Q(agreed=True) | ~Q(reasons=""), name="ruling_says_why"),
        ]
