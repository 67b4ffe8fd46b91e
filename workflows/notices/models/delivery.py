"""What every message on its way out has in common, whoever it goes to."""

from __future__ import annotations

from typing import TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflows.ledger import clock

Row = TypeVar("Row", bound="Delivery")


class State(models.TextChoices):
    WAITING = "waiting", _("waiting to be delivered")
    SENT = "sent", _("delivered")
    SKIPPED = "skipped", _("not wanted, or no address")
    FAILED = "failed", _("could not be delivered")
    DROPPED = "dropped", _("discarded by an administrator")


class HeldFor(models.TextChoices):
    """Why something that could go waits all the same."""

    QUIET = "quiet", _("quiet hours")
    DIGEST = "digest", _("the daily digest")


class DeliveryQuerySet(models.QuerySet[Row]):
    def overdue(self) -> DeliveryQuerySet[Row]:
        """Could have gone by now: waiting, and its time has come."""
        return self.filter(state=State.WAITING, next_try_at__lte=clock.now())

    def stuck(self) -> DeliveryQuerySet[Row]:
        """Given up, or failed at least once and to be tried again."""
        failing = models.Q(state=State.WAITING) & ~models.Q(last_error="")
        return self.filter(models.Q(state=State.FAILED) | failing)


class Delivery(models.Model):
    """One message to one addressee. The words are made when it goes, for its reader."""

    event = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    subject = models.CharField(max_length=60)
    context = models.JSONField(default=dict)
    url = models.CharField(max_length=500)
    created_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    # The outbox is also written without the ORM, so the database knows the empty value too.
    held_for = models.CharField(max_length=6, choices=HeldFor, blank=True, default="", db_default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.event} ({self.state})"
