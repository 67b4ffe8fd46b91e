"""A quality circle 自主管理小组 and the theme it works on. Where it stands is its case's."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflows.engine.models.row import CaseRow
from workflows.store.gathering import change


class Theme(models.TextChoices):
    """The five kinds in which circles are registered."""

    SITE = "site", _("Work on site")
    SERVICE = "service", _("Service")
    TOUGH = "tough", _("A hard problem")
    MANAGEMENT = "management", _("Management of work")
    INNOVATIVE = "innovative", _("Something new")


class Circle(CaseRow):
    """`mark_sum` and `mark_count` are those of the presentation that the result was accepted upon."""

    name = models.CharField(max_length=60)
    leader = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    theme = models.CharField(max_length=10, choices=Theme)
    why = models.TextField()
    goal = models.TextField()
    planned_until = models.DateField()
    reached = models.TextField(blank=True)  # as checked against the goal
    accepted_on = models.DateField(null=True, blank=True)
    mark_sum = models.PositiveIntegerField(null=True, blank=True)
    mark_count = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_on=None, mark_sum=None, mark_count=None)
                | (Q(accepted_on__isnull=False, mark_sum__isnull=False, mark_count__gte=1) & ~Q(reached="")),
                name="accepted_circle_was_checked_and_marked",
            ),
        ]

    def accept(self, *, on: date, marks: list[int]) -> None:
        self.accepted_on, self.mark_sum, self.mark_count = on, sum(marks), len(marks)
        change(self, "accepted_on", "mark_sum", "mark_count")


class Member(models.Model):
    """Beside the leader."""

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="members")
    person = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["circle", "place"]
        constraints = [models.UniqueConstraint(fields=["circle", "person"], name="circle_member_once")]


class Mark(models.Model):
    """What a judge gives a presentation, shown as on the day: openly. One presented again is marked again."""

    circle = models.ForeignKey(Circle, models.PROTECT, related_name="marks")
    step = models.ForeignKey("engine.Step", models.PROTECT, related_name="+")
    judge = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    mark = models.PositiveSmallIntegerField()
    words = models.TextField(blank=True)
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["step", "given_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["step", "judge"], name="judge_marks_a_presentation_once"),
            models.CheckConstraint(condition=Q(mark__lte=100), name="presentation_mark_is_0_to_100"),
        ]
