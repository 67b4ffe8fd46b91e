"""A job that a worker points at 群众点题. Who did is in one place: a sealed entry of a chain that nobody reads."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class Pointing(models.Model):
    """The key is drawn, not counted, and only the day is kept; the receipt is the digest of a code shown once."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey("jobs.Job", models.PROTECT, related_name="pointings")
    words = models.TextField()
    receipt = models.CharField(max_length=64, unique=True)
    received_on = models.DateField()
    taken_into = models.ForeignKey("lots.Lot", models.PROTECT, null=True, blank=True, related_name="pointings")
    answer = models.TextField(blank=True)  # what the pointer reads by the receipt once the lot is decided

    class Meta:
        ordering = ["received_on", "key"]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="pointing_says_what")]
