"""The holds that a lot places on its jobs' settlement and lets go again; `jobs.holds` keeps and tells them."""

from __future__ import annotations

from collections.abc import Collection

from maintenance_audit.jobs import holds
from maintenance_audit.jobs.models import SettlementHold
from maintenance_audit.lots.models import Lot
from workflows.organisation.models import Person

CAUSE = SettlementHold.Cause.LOT


def place(lot: Lot, jobs: Collection[int], reason: str) -> None:
    holds.place(jobs, cause=CAUSE, reference=lot.case.number, reason=reason)


def release(lot: Lot, jobs: Collection[int], why: str, by: Person | None = None) -> None:
    """From this lot's hold, and from that of the lot which it resubmits."""
    numbers: list[str] = []
    one: Lot | None = lot
    while one is not None:
        numbers.append(one.case.number)
        one = one.resubmits
    holds.release(jobs, why=why, by=by, cause=CAUSE, references=numbers)
