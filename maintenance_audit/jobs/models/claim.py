"""What the contractor claims of a completed job 申报. A job whose acceptance was refused is claimed anew."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from maintenance_audit.register.models import ClaimKind, Seen, Severity, Tolerance


class ClaimQuerySet(models.QuerySet["Claim"]):
    def standing(self) -> Self:
        """Those of the last completion."""
        return self.filter(superseded=False)


class Claim(models.Model):
    """The template's words stand beside the value, so that a claim reads the same whatever the template becomes."""

    job = models.ForeignKey("jobs.Job", models.PROTECT, related_name="claims")
    item = models.ForeignKey("register.ClaimItem", models.PROTECT, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=40)
    place = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=ClaimKind)
    label = models.CharField(max_length=80)
    measure = models.CharField(max_length=20, blank=True)
    value = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    said = models.CharField(max_length=400, blank=True)  # where nothing is counted, or beside the number
    tolerance = models.CharField(max_length=8, choices=Tolerance, default=Tolerance.JUDGED)
    allowed = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    seen = models.CharField(max_length=7, choices=Seen, default=Seen.BOTH)
    severity = models.CharField(max_length=8, choices=Severity, default=Severity.MAJOR)
    claimed_at = models.DateTimeField()
    superseded = models.BooleanField(default=False)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        ordering = ["job", "place"]
        constraints = [
            models.UniqueConstraint(fields=["job", "key"], condition=Q(superseded=False), name="claim_stands_once"),
            models.CheckConstraint(condition=Q(value__isnull=False) | ~Q(said=""), name="claim_says_something"),
        ]

    def __str__(self) -> str:
        return self.label
