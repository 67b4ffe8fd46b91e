"""What was found, readable once both forms are sealed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Verdict(models.TextChoices):
    CONFORMING = "conforming", _("Conforming")
    NONCONFORMING = "nonconforming", _("Nonconforming")
    CANNOT_VERIFY = "cannot", _("Cannot verify")


class Nature(models.TextChoices):
    """What makes a nonconformity critical, whatever the claim."""

    FICTITIOUS = "fictitious", _("Fictitious work")
    FORGED = "forged", _("Forged signature")
    OLD_PART = "old_part", _("Old part billed as new")
    ISOLATION = "isolation", _("Isolation bypassed")


class Found(models.Model):
    """One claim as one form found it. `reported_at` is the phone's word, `received_at` the server's."""

    inspection = models.ForeignKey("inspections.Inspection", models.PROTECT, related_name="found")
    claim = models.ForeignKey("jobs.Claim", models.PROTECT, related_name="found")
    verdict = models.CharField(max_length=13, choices=Verdict)
    value = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    note = models.TextField(blank=True)
    severity = models.CharField(max_length=8, blank=True)  # as the inspector judged it; empty where conforming
    nature = models.CharField(max_length=20, blank=True)  # fictitious, forged, old_part, isolation: critical
    reported_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inspection", "claim"], name="claim_found_once_a_form"),
            models.CheckConstraint(
                condition=~Q(verdict="nonconforming") | ~Q(severity=""), name="nonconforming_says_how_grave"
            ),
        ]


class Checked(models.Model):
    """A line of the checklist as one form answered it; None: it did not apply."""

    inspection = models.ForeignKey("inspections.Inspection", models.PROTECT, related_name="checked")
    place = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)
    passed = models.BooleanField(null=True)

    class Meta:
        ordering = ["inspection", "place"]
        constraints = [models.UniqueConstraint(fields=["inspection", "place"], name="line_checked_once_a_form")]


class Photo(models.Model):
    """Evidence of a claim. The digest of the bytes received stands beside that of the bytes kept.

    Until the record is opened, what it shows and when and where it was taken is in `facts`, encrypted.
    """

    inspection = models.ForeignKey("inspections.Inspection", models.PROTECT, related_name="photos")
    claim = models.ForeignKey("jobs.Claim", models.PROTECT, null=True, blank=True, related_name="+")
    document = models.OneToOneField("documents.Document", models.PROTECT, related_name="+")
    facts = models.BinaryField(null=True)
    reported_at = models.DateTimeField(null=True, blank=True)  # the phone's clock; the server's is the document's
