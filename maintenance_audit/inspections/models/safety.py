"""Immediate danger goes out at once: place and danger, no claim and no verdict."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class SafetyNotice(models.Model):
    token = models.UUIDField(unique=True, default=uuid.uuid4)
    section = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+")
    place = models.CharField(max_length=120)
    danger = models.TextField()
    sent_by = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-received_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(place="") & ~Q(danger=""), name="safety_notice_names_place_and_danger")
        ]
