"""A round 月度评奖: one a workshop and month. Where it stands is its case's; what has happened in it is here."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q

from workflows.engine.models.row import CaseRow
from workflows.store.gathering import change


class WrongMoment(Exception):
    """The verb is not open as the round stands. Nothing was changed."""


class AwardRound(CaseRow):
    """Its status moves by the guarded verbs here and in no other way. The marks open together, once."""

    workshop = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="award_rounds")
    month = models.DateField()  # its first day
    cut_off = models.DateTimeField()  # what was implemented before this moment belongs to the month
    # The officer found no substitute: the marks open with what there is, and who lacks the quorum has no score.
    closed_short = models.BooleanField(default=False)
    marks_opened_at = models.DateTimeField(null=True, blank=True)
    announced_at = models.DateTimeField(null=True, blank=True)
    publicity_until = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    # What the awards of the round come to before and after its ceiling; the pay-out list has its own sum.
    unscaled_total = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    total = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    # The checkpoint taken when the notice went out: its hash stands on the printed notice.
    checkpoint = models.ForeignKey("ledger.Checkpoint", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-month", "workshop"]
        constraints = [
            models.UniqueConstraint(fields=["workshop", "month"], name="one_round_a_workshop_and_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="month_is_its_first_day"),
            models.CheckConstraint(
                condition=Q(announced_at=None, publicity_until=None)
                | Q(announced_at__isnull=False, publicity_until__isnull=False, marks_opened_at__isnull=False),
                name="announced_round_says_until_when",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(announced_at__isnull=False, total__isnull=False),
                name="confirmed_round_was_announced",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(confirmed_at__isnull=False), name="published_round_was_confirmed"
            ),
        ]

    def open_marks(self, *, at: datetime) -> None:
        self._require(self.marks_opened_at is None)
        self._set(marks_opened_at=at)

    def announce(self, *, at: datetime, until: datetime) -> None:
        """Hang the notice out; the awards may be looked at by everybody of the workshop, and objected to."""
        self._require(self.marks_opened_at is not None and self.announced_at is None)
        self._set(announced_at=at, publicity_until=until)

    def confirm(self, *, at: datetime, unscaled_total: Decimal, total: Decimal) -> None:
        self._require(self.announced_at is not None and self.confirmed_at is None)
        self._set(confirmed_at=at, unscaled_total=unscaled_total, total=total)

    def publish(self, *, at: datetime) -> None:
        self._require(self.confirmed_at is not None and self.published_at is None)
        self._set(published_at=at)

    @property
    def is_open_for_objections(self) -> bool:
        """Until the end of the period by the server's clock, whatever clock the objector reads."""
        from workflows.ledger.clock import now

        return self.publicity_until is not None and self.confirmed_at is None and now() < self.publicity_until

    def _require(self, holds: bool) -> None:
        if not holds:
            raise WrongMoment(f"round {self.pk}")

    def _set(self, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(self, name, value)
        change(self, *fields)
