"""What a person has chosen to be told, how, and when not."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from workflows.ledger import clock


class Preference(models.Model):
    """Whoever has chosen nothing has no row and is told everything, at once.

    `off` holds what was switched off, as "progress:mail": a topic that is new to the product is on.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    off = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    digest_at = models.TimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_to=None)
                | (Q(quiet_from__isnull=False, quiet_to__isnull=False) & ~Q(quiet_from=F("quiet_to"))),
                name="quiet_hours_begin_and_end",
            )
        ]

    def __str__(self) -> str:
        return f"preference of {self.person_id}"
