"""What is counted of closed months, so that a page over ten years costs what one over a year costs."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Counted(models.Model):
    """A sum of one month, at one unit, of one party (a contractor, where the source knows any). Nought has no row."""

    source = models.CharField(max_length=30)
    month = models.DateField()
    unit = models.ForeignKey("organisation.Unit", models.CASCADE, related_name="+")
    party = models.ForeignKey("organisation.Unit", models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=40)
    value = models.DecimalField(max_digits=20, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "month", "unit", "party", "name"],
                nulls_distinct=False,
                name="counted_once_a_month_unit_and_party",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="counted_month_is_its_first_day"),
        ]


class CountedMonth(models.Model):
    """A closed month whose sums stand in `Counted`, none of them if nothing happened in it."""

    source = models.CharField(max_length=30)
    month = models.DateField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "month"], name="month_counted_once")]


class StaleMark(models.Model):
    """A month in which something was changed since; written by the database itself, beside the change."""

    source = models.CharField(max_length=30)
    month = models.DateField()
