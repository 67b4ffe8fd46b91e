"""Dated absence with a substitute 代理."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q

from workflows.ledger.clock import now
from workflows.organisation.models.role import TsTzRange


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def in_force(self, at: datetime | None = None) -> AbsenceQuerySet:
        moment = at or now()
        return self.filter(starts_at__lte=moment, ends_at__gt=moment, ended_at=None)

    def standing(self) -> AbsenceQuerySet:
        """Those that are under way or still to come, the next one first."""
        return self.filter(ends_at__gt=now(), ended_at=None).order_by("starts_at")

    def visible_to(self, person: models.Model) -> AbsenceQuerySet:
        return self.filter(Q(person=person) | Q(substitute=person))


class Absence(models.Model):
    """`person` is away from a moment to another, and `substitute` acts for them meanwhile."""

    person = models.ForeignKey("organisation.Person", models.PROTECT, related_name="absences")
    substitute = models.ForeignKey("organisation.Person", models.PROTECT, related_name="stands_in")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)  # came back early

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="absence_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(person=F("substitute")), name="nobody_substitutes_for_oneself"),
            ExclusionConstraint(
                name="one_absence_at_a_time",
                expressions=[
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                    ("person", RangeOperators.EQUAL),
                ],
                condition=Q(ended_at=None),
            ),
        ]

    @property
    def last_moment(self) -> datetime:
        """An absence that ends at midnight lasts to the day before."""
        return self.ends_at - timedelta(seconds=1)

    @property
    def under_way(self) -> bool:
        return self.starts_at <= now() < self.ends_at and self.ended_at is None
