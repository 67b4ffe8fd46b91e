"""What became of tags and kinds of work that were merged or split, so that volumes of two periods can be compared."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workflows.organisation.models import Person, UnitKind


class JobMappingQuerySet(models.QuerySet["JobMapping"]):
    def visible_to(self, person: Person) -> Self:
        """One's own workshop's, or those of all workshops below; nothing for a contractor's people."""
        if person.unit.at_level(UnitKind.CONTRACTOR):
            return self.none()
        place = person.unit.at_level(UnitKind.WORKSHOP) or person.unit
        return self.filter(workshop__path__startswith=place.path)

    def standing(self) -> Self:
        return self.filter(retired_at=None)


class JobMapping(models.Model):
    """One merging or splitting 并转与拆分. Written once, retired if wrong; its rows say what became what."""

    class By(models.TextChoices):
        TAG = "tag", _("Tags")
        WORK_KIND = "kind", _("Kinds of work")

    workshop = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+")
    by = models.CharField(max_length=4, choices=By)
    note = models.CharField(max_length=200)
    made_by = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = JobMappingQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.note


class JobMappingRow(models.Model):
    """`orders`: how many orders of the new one stand for an order of the old one; `share`: how much of its hours and
    of its amount. Two pumps' orders given out as one: 0.5 orders, share 1, each."""

    mapping = models.ForeignKey(JobMapping, models.CASCADE, related_name="rows")
    old = models.CharField(max_length=60)
    new = models.CharField(max_length=60)
    orders = models.DecimalField(max_digits=6, decimal_places=3)
    share = models.DecimalField(max_digits=5, decimal_places=4)

    class Meta:
        ordering = ["mapping", "old", "new"]
        constraints = [
            models.UniqueConstraint(fields=["mapping", "old", "new"], name="mapped_once"),
            models.CheckConstraint(
                condition=~Q(old=F("new")) | ~Q(orders=1, share=1), name="mapping_changes_something"
            ),
            models.CheckConstraint(condition=Q(orders__gte=0, share__gte=0, share__lte=1), name="mapping_shares_hold"),
        ]
