"""The invented plant's lots: the months before the last one drawn, inspected in three tiers and decided, through the
very forms that people fill in; of the last month one waits to be frozen, one for its last nonce, one is inspected, and
one is committed to: so that each party finds something to do.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from config.demo.people import Plant
from maintenance_audit.jobs.models import Job, JobState
from maintenance_audit.lots import opening, results
from maintenance_audit.lots.freezing import next_month
from maintenance_audit.lots.models import Assignment, DrawnJob, Lot, Result
from workflows.engine import kinds, plant_calendar, rulebook
from workflows.engine.models import Step, WorkItem
from workflows.engine.turn import turn
from workflows.ledger.clock import injected
from workflows.notices.models import Outbox
from workflows.organisation.models import Person, Role, RoleHolding, Unit, UnitKind

# One nonconforming job in so many, one of those disputed in so many.
BAD, DISPUTED = 12, 3
MONTHS = 2  # before the last one
Inspect = Callable[[Lot, datetime], datetime]  # checks the present tier from then on; when it was over
Before = Callable[[list[Unit], date], None]  # the firms, and the first month that is walked


@dataclass
class Audited:
    """What the inspections and findings of the demo go on from."""

    decided: list[Lot]
    waits: Lot | None = None  # to be frozen
    ceremony: Lot | None = None
    inspected: Lot | None = None  # the teams' draw is made


def seed(
    plant: Plant, chance: random.Random, present: datetime, *, months: int = MONTHS, inspect: Inspect | None = None,
    before: Before | None = None,
) -> Audited:  # fmt: skip
    """`inspect`: how a drawn tier is checked; without it both forms are sealed and compared by themselves. `before`
    writes what came in from earlier months, once there are rules."""
    return _Season(plant, chance, present, inspect).run(months, before)


class _Season:
    def __init__(self, plant: Plant, chance: random.Random, present: datetime, inspect: Inspect | None) -> None:
        self.plant, self.chance, self.inspect = plant, chance, inspect or self._inspect
        self.present = timezone.make_aware(present) if timezone.is_naive(present) else present
        self.firms = list(Unit.objects.filter(kind=UnitKind.CONTRACTOR, contractor__isnull=False).order_by("code"))

    def run(self, months: int, before: Before | None = None) -> Audited:
        last = opening.last_month(timezone.localdate(self.present).replace(day=1))
        past = [last]
        for _n in range(months):
            past.insert(0, opening.last_month(past[0]))
        with injected(min(_start_of(past[0]), self.present - timedelta(days=40))):
            self._publish_rules()
        if before is not None:
            before(self.firms, past[0])
        found = Audited([])
        for month in past[:-1]:
            for firm in self.firms:
                lot = self._decided(firm, month)
                if lot is not None:
                    found.decided.append(lot)
        self._last_month(found, last)
        Outbox.objects.filter(created_at__lt=self.present - timedelta(days=7)).delete()
        return found

    def _publish_rules(self) -> None:
        drafter = self._holder(Role.RULE_DRAFTER)
        content = dict(kinds.get("lot").first_rules)
        version = rulebook.draft(actor=drafter, kind="lot", unit=self.plant.workshop, content=content, note="首版")
        rulebook.submit(actor=drafter, version_id=version.pk)
        rulebook.publish(actor=self._holder(Role.RULE_PUBLISHER), version_id=version.pk, read=version.digest)

    # ---------------------------------------------------------------- months that are over
    def _decided(self, firm: Unit, month: date) -> Lot | None:
        """What the past has settled since is unsettled while its lot is run."""
        moment = _start_of(next_month(month)) + timedelta(hours=9)
        with _unsettled(self.plant.workshop, firm, month):
            lot = self._open(firm, month, moment)
            if lot is None:
                return None
            moment = self._drawn(lot, moment)
            while self._at(lot) == "inspecting":
                moment = self.inspect(lot, self._later(moment, 3))
                while self._at(lot) not in ("inspecting", "decision"):
                    moment = self._act(lot, self._later(moment, 1))
            self._act(lot, self._later(moment, 4))
        return Lot.objects.get(pk=lot.pk)

    def _last_month(self, found: Audited, month: date) -> None:
        """Opened by the calendar, each a step further than the one before."""
        opened = self.present - timedelta(hours=30)
        lots = [self._open(firm, month, opened) for firm in self.firms]
        there = [lot for lot in lots if lot is not None]
        if there:
            found.waits = there[0]
        if len(there) > 1:
            found.ceremony = there[1]
            self._until(there[1], "union_reveal", opened)
        if len(there) > 2:
            found.inspected = there[2]
            self._until(there[2], "inspecting", opened)
        if len(there) > 3:
            self._until(there[3], "contractor_commitment", opened)

    def _until(self, lot: Lot, node: str, moment: datetime) -> None:
        """Quarter of an hour by quarter of an hour: no deadline passes meanwhile."""
        while self._at(lot) not in (node, ""):
            moment += timedelta(minutes=15)
            self._act(lot, moment)

    # ---------------------------------------------------------------- one lot
    def _open(self, firm: Unit, month: date, moment: datetime) -> Lot | None:
        with injected(moment):
            if (self.plant.workshop.pk, firm.pk) not in opening.openable([self.plant.workshop.pk], month):
                return None
            return opening.open_lot(self.plant.workshop, firm, month, actor=self._holder(Role.AUDIT_LEAD))

    def _drawn(self, lot: Lot, moment: datetime) -> datetime:
        while self._at(lot) not in ("inspecting", ""):
            moment = self._act(lot, self._later(moment, 0.5))
        return moment

    def _act(self, lot: Lot, moment: datetime) -> datetime:
        """Whose turn it is does what the step asks."""
        item = WorkItem.objects.filter(case=lot.case_id, state="open").select_related("person").get()
        person = item.person or self._of_pool(item)
        with injected(moment), turn(actor=person, case_id=lot.case_id, item_id=item.pk, token=self._token()) as held:
            form: Any = held.kind.forms[held.step.node](self._typed(held.step.node), turn_case=held.case, person=person)  # type: ignore[call-arg]
            assert form.is_valid(), form.errors
            form.save(held)
        return moment

    def _typed(self, node: str) -> dict[str, str]:
        if not node.endswith("_commitment"):
            return {}
        return {"keep": "here"} | {f"tier_{n}": f"{self.chance.getrandbits(128):032x}" for n in (1, 2, 3)}

    def _of_pool(self, item: WorkItem) -> Person:
        held = RoleHolding.objects.in_force().filter(role=item.role, unit=item.unit).select_related("person")
        return Person.objects.get(pk=held.order_by("person__employee_no")[0].person_id)

    def _inspect(self, lot: Lot, moment: datetime) -> datetime:
        drawn = DrawnJob.objects.filter(draw__lot=lot, draw__tier=lot_tier(lot), concluded_at=None)
        moment = self._later(moment, 16)
        with injected(moment), transaction.atomic():
            seats = Assignment.objects.filter(drawn_job__in=drawn, ended_at=None, sealed_at=None)
            for seat in seats.select_related("drawn_job__draw", "drawn_job__lot_job").order_by("pk"):
                results.sealed(seat)
            for job in list(drawn.select_related("draw", "lot_job").order_by("place")):
                bad = self.chance.randrange(BAD) == 0
                result = Result.NONCONFORMING if bad else Result.CONFORMING
                results.conclude(job, result=result, disputed=bad and self.chance.randrange(DISPUTED) == 0)
        return moment

    def _at(self, lot: Lot) -> str:
        return Step.objects.filter(case=lot.case_id, closed_at=None).values_list("node", flat=True).first() or ""

    def _later(self, moment: datetime, hours: float) -> datetime:
        return plant_calendar.due(moment, hours)

    def _holder(self, role: str) -> Person:
        return Person.objects.get(pk=self.plant.holder(role, self.plant.workshop)[0].pk)

    def _token(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)


def lot_tier(lot: Lot) -> int:
    return Lot.objects.values_list("tier", flat=True).get(pk=lot.pk)


@contextmanager
def _unsettled(workshop: Unit, firm: Unit, month: date) -> Any:
    """The month's jobs as they were before they were settled; afterwards as they are."""
    past = Job.objects.filter(
        workshop=workshop, contractor=firm, accepted_on__gte=month, accepted_on__lt=next_month(month)
    )
    kept = list(past.filter(settled_at__isnull=False).values_list("pk", "state", "settled_at"))
    Job.objects.filter(pk__in=[pk for pk, _state, _at in kept]).update(state=JobState.ACCEPTED, settled_at=None)
    yield
    jobs = Job.objects.in_bulk([pk for pk, _state, _at in kept])
    for pk, state, at in kept:
        jobs[pk].state, jobs[pk].settled_at = state, at
    Job.objects.bulk_update(jobs.values(), ["state", "settled_at"], batch_size=1000)


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001
