"""Declared conflicts of interest. A tie says that it exists and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

if TYPE_CHECKING:
    from workflows.organisation.models.person import Person


class TieQuerySet(models.QuerySet["Tie"]):
    def open_of(self, person: Person) -> TieQuerySet:
        """Ties in force that bind the person, whoever declared them."""
        return self.filter(Q(person=person) | Q(other=person), ended_at=None)

    def visible_to(self, person: Person) -> TieQuerySet:
        """One's own declarations. Even the other person does not read them."""
        return self.filter(person=person)


class Tie(models.Model):
    """`person` declared a tie to `other`. It binds both ways; nobody writes why."""

    person = models.ForeignKey("organisation.Person", models.PROTECT, related_name="ties_declared")
    other = models.ForeignKey("organisation.Person", models.PROTECT, related_name="ties_received")
    declared_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = TieQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "other"], condition=Q(ended_at=None), name="one_open_tie_each"),
            models.CheckConstraint(condition=~Q(person=F("other")), name="no_tie_to_oneself"),
        ]
