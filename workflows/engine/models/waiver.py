"""A waiver 豁免: two people let somebody take part in a case though independence forbids it. Published."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class WaiverQuerySet(models.QuerySet["Waiver"]):
    def granted(self) -> Self:
        return self.filter(state=Waiver.State.GRANTED)


class Waiver(models.Model):
    """Asked by the officer of the kind, granted by somebody of the unit above; each with the password entered again.

    `relations`: what stood between person and case when it was asked for.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Waits for an answer")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")

    case = models.ForeignKey("engine.Case", models.PROTECT, related_name="waivers")
    person = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    relations = models.JSONField(default=list)
    reason = models.CharField(max_length=400)
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=400, blank=True)

    objects = WaiverQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["case", "person"], condition=Q(state="granted"), name="waiver_granted")]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person"], condition=~Q(state="refused"), name="one_waiver_a_person_and_case"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", answered_by=None, answered_at=None)
                | (~Q(state="asked") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="answered_waiver_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(asked_by=F("person")) & (Q(answered_by=None) | ~Q(answered_by=F("person"))),
                name="waiver_is_not_by_the_one_concerned",
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(answered_by=F("asked_by")), name="waiver_takes_two_people"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="waiver_says_why"),
        ]
