"""An uploaded roster between its preview and its confirmation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from workflows.organisation.models.person import Person


class RosterState(models.TextChoices):
    WAITING = "waiting"
    APPLIED = "applied"
    DISCARDED = "discarded"


class RosterImportQuerySet(models.QuerySet["RosterImport"]):
    def visible_to(self, person: Person) -> RosterImportQuerySet:
        """Whoever uploaded it; the rows hold other people's data."""
        return self.filter(uploader_id=person.pk)


class RosterImport(models.Model):
    """The rows as read, before any is believed. `rows` and `faults` are what `spreadsheets.table.Table` holds."""

    uploader = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()
    rows = models.JSONField()
    faults = models.JSONField()
    headers = models.JSONField(default=dict)
    ignored = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=RosterState.choices, default=RosterState.WAITING)
    applied_at = models.DateTimeField(null=True, blank=True)

    objects = RosterImportQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="applied", applied_at__isnull=False)
                | (~models.Q(state="applied") & models.Q(applied_at=None)),
                name="roster_applied_has_its_moment",
            )
        ]

    def __str__(self) -> str:
        return self.name
