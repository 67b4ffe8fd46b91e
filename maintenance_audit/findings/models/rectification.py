"""What the contractor replied, and each time it was said to be put right: no version is overwritten."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Reply(models.Model):
    """The right of reply 申辩. `in_time` by the server's clock."""

    finding = models.ForeignKey("findings.Finding", models.PROTECT, related_name="replies")
    person = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    words = models.TextField()
    accepts = models.BooleanField()  # the firm accepts the finding
    received_at = models.DateTimeField()
    in_time = models.BooleanField()
    upheld = models.BooleanField(null=True)  # did it change what was decided

    class Meta:
        ordering = ["finding", "received_at"]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="reply_says_something")]


class Rectification(models.Model):
    """One submission, and the re-check of it by somebody new."""

    finding = models.ForeignKey("findings.Finding", models.PROTECT, related_name="rectifications")
    place = models.PositiveSmallIntegerField()
    done_by = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    words = models.TextField()
    submitted_at = models.DateTimeField()
    checked_by = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    passed = models.BooleanField(null=True)
    check_words = models.TextField(blank=True)

    class Meta:
        ordering = ["finding", "place"]
        constraints = [
            models.UniqueConstraint(fields=["finding", "place"], name="rectification_place_once"),
            models.CheckConstraint(
                condition=Q(passed=None, checked_at=None, checked_by=None)
                | Q(passed__isnull=False, checked_at__isnull=False, checked_by__isnull=False),
                name="checked_rectification_says_by_whom",
            ),
        ]
