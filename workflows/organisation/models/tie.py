"""Declared conflicts of interest. A tie says that it exists and nothing else."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Tie(models.Model):
    """`person` declared a tie to `other`. It binds both ways; nobody writes why."""

    person = models.ForeignKey("organisation.Person", models.PROTECT, related_name="ties_declared")
    other = models.ForeignKey("organisation.Person", models.PROTECT, related_name="ties_received")
    declared_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "other"], condition=Q(ended_at=None), name="one_open_tie_each"),
            models.CheckConstraint(condition=~Q(person=F("other")), name="no_tie_to_oneself"),
        ]
