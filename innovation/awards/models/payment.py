"""Who gets what of an award, and the lines of pay-out lists. A line is never changed: what was wrong is reversed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Share(models.Model):
    """One author's part of an award, exact to the fen, as reckoned when the round was ranked."""

    candidate = models.ForeignKey("awards.Candidate", models.PROTECT, related_name="shares")
    person = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()
    parts = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        ordering = ["candidate", "place"]
        constraints = [
            models.UniqueConstraint(fields=["candidate", "person"], name="share_once_an_author"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="share_is_not_negative"),
        ]


class Payment(models.Model):
    """A line for a pay-out list. Until a list takes it up, `round` is empty: it waits for the workshop's next one."""

    class Kind(models.TextChoices):
        AWARD = "award", _("Award")
        RELEASED = "released", _("Award held by an objection, now released")
        REVERSAL = "reversal", _("Reversal")
        CLAW_BACK = "claw_back", _("Claw-back")

    workshop = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+")
    round = models.ForeignKey("awards.AwardRound", models.PROTECT, null=True, blank=True, related_name="payments")
    candidate = models.ForeignKey("awards.Candidate", models.PROTECT, related_name="payments")
    person = models.ForeignKey("organisation.Person", models.PROTECT, related_name="award_payments")
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+")  # the person's at that moment
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.AWARD)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    reason = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["round", "candidate", "pk"]
        indexes = [
            models.Index(fields=["workshop"], name="payment_waiting_for_a_list", condition=Q(round=None)),
            models.Index(fields=["person"], name="payment_by_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "person"],
                condition=Q(kind__in=["award", "released"]),
                name="award_is_paid_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["award", "released"], amount__gte=0)
                | (Q(kind__in=["reversal", "claw_back"], amount__lte=0) & ~Q(reason="")),
                name="only_reversals_and_claw_backs_take_away",
            ),
        ]
