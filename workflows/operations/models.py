"""What the operator's desk keeps: when beat was last alive, and corrections that wait for a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from workflows.organisation.models import Person


class Heartbeat(models.Model):
    """One row a machine; written by its task under the database's own clock."""

    name = models.CharField(primary_key=True, max_length=30)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def waiting(self) -> CorrectionQuerySet:
        return self.filter(state=Correction.State.WAITING)

    def visible_to(self, person: Person) -> CorrectionQuerySet:
        """One's own, and those of cases at or under the places where one may ask for or confirm corrections."""
        from workflows.operations.authority import correction_paths

        seen = Q(requester=person) | Q(confirmer=person)
        for path in correction_paths(person):
            seen |= Q(case__unit__path__startswith=path)
        return self.filter(seen)


class Correction(models.Model):
    """A case is to be moved to another step, or closed: asked for by one, confirmed by another."""

    class State(models.TextChoices):
        WAITING = "waiting", _("To be confirmed")
        DONE = "done", _("Carried out")
        DROPPED = "dropped", _("Declined")

    token = models.UUIDField(unique=True)
    case = models.ForeignKey("engine.Case", models.PROTECT, related_name="corrections")
    step = models.ForeignKey("engine.Step", models.PROTECT, related_name="+")  # where it stood when it was asked for
    to = models.CharField(max_length=60, blank=True)  # a node; empty = close the case
    reason = models.TextField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    requester = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    confirmer = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="waiting"), name="one_waiting_correction_a_case"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(confirmer__isnull=False) & ~Q(confirmer=F("requester")),
                name="correction_is_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", answered_at=None) | ~Q(state="waiting") & Q(answered_at__isnull=False),
                name="answered_correction_says_when",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="correction_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.case} → {self.to or 'closed'}"
