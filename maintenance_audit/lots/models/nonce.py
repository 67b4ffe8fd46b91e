"""What each party commits before anything is shown, and shows in its turn."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Party(models.TextChoices):
    """In the order in which they reveal; the audit lead's nonce is published when the tier's last record is sealed."""

    CONTRACTOR = "contractor", _("Contractor")
    WORKSHOP = "workshop", _("Workshop")
    UNION = "union", _("Union")
    LEAD = "lead", _("Audit lead")


class Nonce(models.Model):
    """`commitment` = SHA-256 hex of `lot|round|party|nonce`; the nonce is at least 128 bits of lower-case hex.

    A party that keeps its nonce in the product has it here encrypted (`kept`) until it reveals; it may as well keep it
    on paper and type it in.
    """

    lot = models.ForeignKey("lots.Lot", models.PROTECT, related_name="nonces")
    round = models.PositiveSmallIntegerField()
    tier = models.PositiveSmallIntegerField()
    party = models.CharField(max_length=10, choices=Party)
    person = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    commitment = models.CharField(max_length=64)
    committed_at = models.DateTimeField()
    kept = models.BinaryField(null=True)
    nonce = models.CharField(max_length=128, blank=True)  # once revealed
    revealed_at = models.DateTimeField(null=True, blank=True)
    withheld_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["lot", "round", "tier", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["lot", "round", "tier", "party"], name="one_nonce_a_party_and_tier"),
            models.UniqueConstraint(fields=["lot", "commitment"], name="commitment_once_a_lot"),
            models.UniqueConstraint(fields=["lot", "nonce"], condition=~Q(nonce=""), name="nonce_once_a_lot"),
            models.CheckConstraint(condition=Q(commitment__regex=r"^[0-9a-f]{64}$"), name="commitment_is_sha256_hex"),
            models.CheckConstraint(
                condition=Q(nonce="", revealed_at=None)
                | Q(nonce__regex=r"^[0-9a-f]{32,128}$", revealed_at__isnull=False),
                name="revealed_nonce_is_hex",
            ),
            models.CheckConstraint(
                condition=Q(revealed_at=None) | Q(withheld_at=None), name="nonce_is_not_both_revealed_and_withheld"
            ),
        ]
