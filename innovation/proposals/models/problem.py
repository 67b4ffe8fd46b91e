"""The problem ledger 难题库: what the plant would like somebody to solve."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innovation.proposals.models.counter import Counter
from workflows.ledger.clock import now
from workflows.organisation.models import Person, Unit, UnitKind
from workflows.organisation.roles import paths_seen_by
from workflows.store.gathering import change


class WrongState(Exception):
    """The verb is not open from the problem's present state. Nothing was changed."""


class ProblemQuerySet(models.QuerySet["Problem"]):
    def visible_to(self, person: Person) -> ProblemQuerySet:
        """Problems by place in the unit tree, and all of the person's own workshop: anybody there may solve one."""
        condition = Q(pk__in=[])
        for path in [*paths_seen_by(person), *_own_workshop(person.unit)]:
            condition |= Q(unit__path__startswith=path)
        return self.filter(condition)

    def solved_by(self, proposals: Any) -> ProblemQuerySet:
        """What these proposals were filed for, and what their implementation was found to solve besides."""
        return self.filter(Q(proposals__in=proposals) | Q(also_solved_by__in=proposals)).distinct()


def _own_workshop(unit: Unit) -> list[str]:
    workshop = unit.at_level(UnitKind.WORKSHOP)
    return [workshop.path] if workshop else []


class Problem(models.Model):
    class State(models.TextChoices):
        OPEN = "open", _("Not solved yet")
        SOLVED = "solved", _("Solved")

    number = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+")
    raised_by = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    imported = models.BooleanField(default=False)

    objects = ProblemQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-pk"]
        indexes = [models.Index(fields=["unit", "state", "-raised_at"], name="problem_by_unit")]
        constraints = [
            models.CheckConstraint(condition=Q(number__regex=r"^NT-\d{4,}$"), name="problem_number_reads_nt"),
            models.CheckConstraint(
                condition=Q(imported=True) | Q(raised_by__isnull=False), name="only_imported_problem_is_nobodys"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @classmethod
    def raise_new(
        cls, *, title: str, unit: Unit, by: Person, description: str = "", at: datetime | None = None, **more: Any
    ) -> Problem:
        """Enter a problem under the next number; inside a transaction."""
        return cls.objects.create(
            number=f"NT-{Counter.next('problem'):04d}",
            title=title,
            description=description,
            unit=unit,
            raised_by=by,
            raised_at=at or now(),
            **more,
        )

    def solve(self) -> None:
        """An award that solves it has been published."""
        self._move(self.State.OPEN, self.State.SOLVED)

    def reopen(self) -> None:
        """What solved it was taken back."""
        self._move(self.State.SOLVED, self.State.OPEN)

    def _move(self, before: str, after: str) -> None:
        if self.state != before:
            raise WrongState(f"problem {self.pk} is {self.state}, not {before}")
        self.state = after
        change(self, "state")

    @property
    def is_used(self) -> bool:
        return self.proposals.exists() or self.also_solved_by.exists()

    def may_be_edited_by(self, person: Person) -> bool:
        """The raiser may reword it until a proposal leans on it."""
        return self.raised_by_id == person.pk and not self.imported and not self.is_used
