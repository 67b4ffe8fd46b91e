"""The plant calendar: which days are worked, and at which hours; and units that work at hours of their own."""

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


class ShiftPlan(models.Model):
    """Hours of a unit of its own, for it and all below that have none: shifts, round the clock, or a rotation.

    `rotation`: for each day of the rotation its shifts as ["08:00", "16:00"] pairs; one day means each day the same.
    A shift that does not end after it starts ends on the next day.
    """

    unit = models.OneToOneField("organisation.Unit", models.PROTECT, related_name="+")
    rotation = models.JSONField()
    begins_on = models.DateField(null=True, blank=True)  # the rotation's first day; empty with a single day
    every_day = models.BooleanField(default=False)  # public holidays and weekends are worked as any other day
    changed_by = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()


class CalendarImport(models.Model):
    """Days of a year between their preview and their confirmation; `rows` as read, before any is believed."""

    class State(models.TextChoices):
        WAITING = "waiting"
        APPLIED = "applied"
        DISCARDED = "discarded"

    uploader = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()
    rows = models.JSONField()
    faults = models.JSONField(default=list)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
