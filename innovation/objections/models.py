"""An objection 异议 to an award, and what reached the union representative without a name."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innovation.awards.models import Candidate
from innovation.objections import representatives
from workflows.engine.models import Case
from workflows.engine.models.row import CaseRow, CaseRowQuerySet
from workflows.ledger.clock import now
from workflows.organisation.models import Person
from workflows.store.gathering import change


class ObjectionQuerySet(CaseRowQuerySet):
    def under_way(self) -> Self:
        return self.exclude(case__state=Case.State.CLOSED)

    def answered(self) -> Self:
        return self.filter(answered_at__isnull=False)


class Objection(CaseRow):
    """What is objected to, why, and what the panel answered. Whoever filed it is the case's author."""

    candidate = models.ForeignKey("awards.Candidate", models.PROTECT, related_name="objections")
    grounds = models.TextField()
    upheld = models.BooleanField(null=True, choices=[(True, _("Upheld, the award is void")), (False, _("Dismissed"))])
    answer = models.TextField(blank=True)  # the panel's reasons, published
    answered_at = models.DateTimeField(null=True)

    objects = ObjectionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(upheld=None, answer="", answered_at=None)
                | (Q(upheld__isnull=False, answered_at__isnull=False) & ~Q(answer="")),
                name="answered_objection_says_why",
            ),
            models.CheckConstraint(condition=~Q(grounds=""), name="objection_has_grounds"),
        ]

    def answer_it(self, *, upheld: bool, reasons: str) -> None:
        self.upheld, self.answer, self.answered_at = upheld, reasons, now()
        change(self, "upheld", "answer", "answered_at")


class UnsignedQuerySet(models.QuerySet["Unsigned"]):
    def visible_to(self, person: Person) -> Self:
        """The union's representatives of the workshop read these, and nobody else."""
        return self.filter(candidate__round__workshop__in=representatives.workshops_of(person))

    def waiting(self) -> Self:
        return self.filter(state=Unsigned.State.WAITING)


class Unsigned(models.Model):
    """An objection that came without a name. There is no column for one: who wrote it is a sealed entry of the
    chain `unsigned:<key>`, which no page and no export opens.

    The key is drawn, not counted, and only the day is kept, so that neither tells who was there at that moment.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("With the union representative")
        FILED = "filed", _("Taken up")
        DECLINED = "declined", _("Not taken up")

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    candidate = models.ForeignKey("awards.Candidate", models.PROTECT, related_name="unsigned")
    grounds = models.TextField()
    receipt = models.CharField(max_length=64, unique=True)  # SHA-256 of the code, which is shown once and kept nowhere
    received_on = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    objection = models.OneToOneField(Objection, models.PROTECT, null=True, blank=True, related_name="unsigned")
    reason = models.TextField(blank=True)  # of the representative who declined it; the receipt shows it
    handled_by = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")
    handled_at = models.DateTimeField(null=True, blank=True)

    objects = UnsignedQuerySet.as_manager()

    class Meta:
        ordering = ["received_on", "key"]
        indexes = [models.Index(fields=["candidate"], name="unsigned_waiting", condition=Q(state="waiting"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", objection=None, reason="")
                | Q(state="filed", objection__isnull=False, reason="")
                | (Q(state="declined", objection=None) & ~Q(reason="")),
                name="unsigned_objection_waits_is_filed_or_declined_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", handled_by=None, handled_at=None)
                | (~Q(state="waiting") & Q(handled_by__isnull=False, handled_at__isnull=False)),
                name="answered_unsigned_objection_says_by_whom_and_when",
            ),
            models.CheckConstraint(condition=~Q(grounds=""), name="unsigned_objection_has_grounds"),
        ]

    def __str__(self) -> str:
        return str(self.candidate)

    def filed_as(self, objection: Objection, *, by: Person) -> None:
        self._handled("filed", by, objection=objection)

    def decline(self, reason: str, *, by: Person) -> None:
        self._handled("declined", by, reason=reason)

    def _handled(self, state: str, by: Person, **fields: Any) -> None:
        for name, value in (fields | {"state": state, "handled_by": by, "handled_at": now()}).items():
            setattr(self, name, value)
        change(self, "state", "handled_by", "handled_at", *fields)


def award_of(candidate: Candidate) -> str:
    """How an award is called in a sentence: its proposal's number and title."""
    case = candidate.proposal.case
    return f"{case.number} {case.title}"
