"""A verified effect looked at again: what the year has brought, beside what was forecast and what was booked."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q

from innovation.proposals import effect
from innovation.proposals.models import Proposal
from innovation.reverification import shortfall
from workflows.engine.models.row import CaseRow
from workflows.organisation.models import Person
from workflows.store.gathering import change


def _sum() -> Any:
    return models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)


class WrongMoment(Exception):
    """The verb is not open as the row stands. Nothing was changed."""


class Reverification(CaseRow):
    """`booked` is a copy of the proposal's verified benefit when this was opened; neither it nor the forecast is
    ever written again. `benefit` is the third figure: what finance confirmed of the year.
    """

    proposal = models.OneToOneField("proposals.Proposal", models.PROTECT, related_name="reverification")
    booked = models.DecimalField(max_digits=14, decimal_places=2)
    saving = _sum()
    added_cost = _sum()
    investment = _sum()
    note = models.TextField(blank=True)
    benefit = _sum()
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")
    taken_back = _sum()  # of the award, if so decided

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(saving=None, added_cost=None, investment=None)
                | Q(saving__gte=0, added_cost__gte=0, investment__gte=0),
                name="the_year_is_reported_whole",
            ),
            models.CheckConstraint(
                condition=Q(benefit=None, verified_at=None, verified_by=None)
                | Q(benefit__isnull=False, verified_at__isnull=False, saving__isnull=False),
                name="reverified_with_date_and_report",
            ),
            models.CheckConstraint(
                condition=Q(taken_back=None) | Q(taken_back__gte=0, benefit__isnull=False),
                name="only_reverified_is_taken_back",
            ),
        ]

    @classmethod
    def begin(cls, case: Any, proposal: Proposal) -> Reverification:
        assert proposal.verified_benefit is not None
        row = cls(case=case, proposal=proposal, booked=proposal.verified_benefit)
        row.save(force_insert=True)
        return row

    def report(self, *, saving: Decimal, added_cost: Decimal, investment: Decimal, note: str) -> None:
        """State the year's sums. Returned by the review they are stated anew, and have to be confirmed anew."""
        self._require(self.taken_back is None)
        self._set(
            saving=saving, added_cost=added_cost, investment=investment, note=note,
            benefit=None, verified_at=None, verified_by=None,
        )  # fmt: skip

    def verify(self, *, by: Person | None, at: datetime) -> None:
        """Confirm the year's sums: their net is the third figure. Each confirmation is an entry of the ledger."""
        self._require(self.taken_back is None and self.saving is not None)
        self._set(benefit=self.reported, verified_at=at, verified_by=by)

    def take_back(self, amount: Decimal) -> None:
        self._require(self.benefit is not None and self.taken_back is None)
        self._set(taken_back=amount)

    @property
    def years(self) -> int:
        return int(self.proposal.investment_years)

    @property
    def reported(self) -> Decimal | None:
        """Net of the sums as reported, or None before they are."""
        if self.saving is None or self.added_cost is None or self.investment is None:
            return None
        return effect.net_annual_benefit(self.saving, self.added_cost, self.investment, self.years)

    @property
    def missing(self) -> Decimal | None:
        found = self.benefit if self.benefit is not None else self.reported
        return None if found is None else max(self.booked - found, Decimal(0))

    @property
    def missing_percent(self) -> int:
        found = self.benefit if self.benefit is not None else self.reported
        return 0 if found is None else int(shortfall.part(self.booked, found) * 100)

    def _require(self, holds: bool) -> None:
        if not holds:
            raise WrongMoment(f"reverification {self.pk}")

    def _set(self, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(self, name, value)
        change(self, *fields)
