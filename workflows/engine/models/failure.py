"""What the engine tried and could not do: kept until it has worked, for whoever looks after the plant's machine."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class FailureQuerySet(models.QuerySet["Failure"]):
    def open(self) -> FailureQuerySet:
        return self.filter(resolved_at=None)


class Failure(models.Model):
    """One place at which one thing fails, however often. `place` names the act: clocks.vacate, decision."""

    place = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)  # step:12, item:34, case:5
    case = models.ForeignKey("engine.Case", models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=1)
    resolved_at = models.DateTimeField(null=True, blank=True)

    objects = FailureQuerySet.as_manager()

    class Meta:
        ordering = ["-last_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "subject"], condition=Q(resolved_at=None), name="one_open_failure_a_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.subject}: {self.reason}"
