"""Where a problem of the ledger came from, when a file brought it."""

from __future__ import annotations

from typing import Self

from django.db import models

from innovation.proposals.models import Problem
from workflows.organisation.models import Person


class PastProblemQuerySet(models.QuerySet["PastProblem"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(problem__in=Problem.objects.visible_to(person))


class PastProblem(models.Model):
    """`number` is the plant's own; in the ledger the problem has one of ours. `key`, `digest`: as of an award."""

    workshop = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+")
    problem = models.OneToOneField("proposals.Problem", models.PROTECT, related_name="past")
    number = models.CharField(max_length=30)
    upload = models.ForeignKey("history.Upload", models.PROTECT, related_name="problems")
    row = models.PositiveIntegerField()
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    objects = PastProblemQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["workshop", "key"], name="past_problem_comes_in_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.problem}"
