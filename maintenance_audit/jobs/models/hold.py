"""What keeps a job's settlement from being pressed: a lot that was not accepted, a finding. Released on record."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class HoldQuerySet(models.QuerySet["SettlementHold"]):
    def standing(self) -> Self:
        return self.filter(released_at=None)


class SettlementHold(models.Model):
    class Cause(models.TextChoices):
        LOT = "lot", _("The lot is being checked or was not accepted")
        FINDING = "finding", _("A finding holds it")
        OVERDUE = "overdue", _("A rectification is overdue")

    job = models.ForeignKey("jobs.Job", models.PROTECT, related_name="holds")
    cause = models.CharField(max_length=8, choices=Cause)
    reference = models.CharField(max_length=40)  # the number of the case that placed it
    reason = models.CharField(max_length=200)
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")
    released_why = models.CharField(max_length=200, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["job", "placed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["job", "cause", "reference"], condition=Q(released_at=None), name="hold_stands_once"
            ),
            models.CheckConstraint(
                condition=Q(released_at=None, released_why="")
                | (Q(released_at__gte=F("placed_at")) & ~Q(released_why="")),
                name="released_hold_says_why",
            ),
        ]
