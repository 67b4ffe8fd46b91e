"""The plant calendar: which days are worked, and at which hours."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class CalendarDay(models.Model):
    """One day of a year that has been imported. A year without rows is a missing year, and says so loudly."""

    date = models.DateField(unique=True)
    is_working = models.BooleanField()
    note = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["date"]


class WorkingPeriod(models.Model):
    """Hours worked on each working day, plant time; a day has one or more."""

    starts = models.TimeField()
    ends = models.TimeField()

    class Meta:
        ordering = ["starts"]
        constraints = [models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="period_ends_after_it_starts")]
