"""The ledger's rows: chains, their entries, the payloads beside them, and the signed checkpoints.

Entries, payloads, checkpoints and heads are only ever inserted: the database itself refuses the rest (migration 0002).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Chain(models.Model):
    """One subject's chain. The only row that changes: whoever appends holds its lock."""

    subject = models.CharField(max_length=120, unique=True)
    length = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(subject__regex=r"^[^|\s]+$"), name="subject_has_no_bar_or_space"),
        ]

    def __str__(self) -> str:
        return self.subject


class Entry(models.Model):
    """What happened, as digests only: never a name, never free text."""

    chain = models.ForeignKey(Chain, models.PROTECT, related_name="entries")
    seq = models.PositiveIntegerField()
    event = models.CharField(max_length=80)
    at = models.DateTimeField()
    payload_digest = models.CharField(max_length=64)
    prev = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["chain", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq"], name="entry_once_per_place_in_its_chain"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="entry_counts_from_one"),
            models.CheckConstraint(condition=Q(event__regex=r"^[^|\s]+$"), name="event_has_no_bar_or_space"),
        ]


class Payload(models.Model):
    """What an entry commits to. In a table of its own, so that it can be withheld, and one day erased."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="payload")
    salt = models.CharField(max_length=32, null=True)  # noqa: DJ001  None: sealed, the salt is inside
    body = models.TextField(null=True)  # noqa: DJ001  canonical JSON, byte for byte what was digested
    sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(salt__isnull=False, body__isnull=False, sealed=None)
                | Q(salt=None, body=None, sealed__isnull=False),
                name="payload_is_open_or_sealed",
            ),
        ]


class Checkpoint(models.Model):
    """A signed statement of where every chain stood; names the one before."""

    number = models.PositiveIntegerField(unique=True)
    at = models.DateTimeField()
    reason = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    demo = models.BooleanField()
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=1), name="checkpoint_counts_from_one"),
            models.CheckConstraint(condition=Q(reason__regex=r"^[^|\n]+$"), name="reason_has_no_bar_or_line_feed"),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"


class Head(models.Model):
    """Where one chain stood at a checkpoint; written only where it moved since the one before."""

    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="heads")
    chain = models.ForeignKey(Chain, models.PROTECT, related_name="heads")
    length = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "checkpoint"], name="head_once_per_checkpoint"),
        ]
