"""Telling a lot's story in tests: jobs accepted last month, inspectors at three levels, the parties of the draw."""

from __future__ import annotations

import copy
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from maintenance_audit.jobs.models import Job, JobPerson, Part
from maintenance_audit.lots import opening, results
from maintenance_audit.lots.models import Assignment, Draw, DrawnJob, Lot
from maintenance_audit.register.models import Equipment
from tests.plant import Plant
from workflows.engine import clocks, kinds, rulebook
from workflows.engine.models import Case, RuleVersion, Step, WorkItem
from workflows.engine.turn import turn
from workflows.ledger.clock import injected, now
from workflows.organisation.models import Person, Role, Unit


def publish_lot_rules(plant: Plant, **changes: Any) -> RuleVersion:
    content = copy.deepcopy(dict(kinds.get("lot").first_rules))
    for section, values in changes.items():
        content[section] = content[section] | values if isinstance(values, dict) else values
    version = rulebook.draft(actor=plant.drafter, kind="lot", unit=plant.workshop, content=content, note="首版")
    rulebook.submit(actor=plant.drafter, version_id=version.pk)
    return rulebook.publish(actor=plant.publisher, version_id=version.pk, read=version.digest)


def last_month() -> date:
    first = timezone.localdate(now()).replace(day=1)
    return (first - timedelta(days=1)).replace(day=1)


def nonce(n: int) -> str:
    return f"{n:032x}"


@dataclass
class LotStory:
    """A workshop with an audit lead, a planner, a union representative and inspectors; `lot` once it is opened."""

    plant: Plant
    lead: Person = field(init=False)
    planner: Person = field(init=False)
    union: Person = field(init=False)
    firm: Person = field(init=False)
    inspectors: list[Person] = field(init=False)  # of teams: 61101…
    section_inspectors: list[Person] = field(init=False)
    workshop_inspectors: list[Person] = field(init=False)
    lot_id: int = 0
    _number: int = 0
    _nonces: int = 0

    def __post_init__(self) -> None:
        plant = self.plant
        self.lead = self.person("程督", "61001", plant.workshop, Role.AUDIT_LEAD)
        self.planner = self.person("何划", "61002", plant.workshop, Role.MAINTENANCE_PLANNER)
        self.union = self.person("钟会", "61003", plant.workshop, Role.UNION_REPRESENTATIVE)
        self.firm = plant.contractor_person
        teams = [plant.second_team, plant.other_team, plant.acid_team]
        self.inspectors = [self.person(f"查{n}", f"6110{n}", teams[n % 3], Role.INSPECTOR) for n in range(1, 7)]
        sections = [plant.section, plant.other_section, plant.acid_section]
        self.section_inspectors = [
            self.person(f"段{n}", f"6120{n}", sections[n % 3], Role.INSPECTOR) for n in range(1, 4)
        ]
        self.workshop_inspectors = [
            self.person(f"车{n}", f"6130{n}", plant.workshop, Role.INSPECTOR) for n in range(1, 4)
        ]

    def person(self, name: str, number: str, unit: Unit, role: str = "") -> Person:
        made = Person.objects.create(
            employee_no=number, name=name, unit=unit, must_change_password=False, password=self.plant.author.password,
            joined_on=date(2019, 7, 1),
        )  # fmt: skip
        if role:
            self.plant.hold(made, role, unit)
        return made

    def begin(self, **changes: Any) -> None:
        with injected(now() - timedelta(days=60)):
            publish_lot_rules(self.plant, **changes)

    # ---------------------------------------------------------------- jobs
    def jobs(self, count: int, **fields: Any) -> list[Job]:
        """Accepted in the middle of last month, over three sections."""
        plant = self.plant
        places = [(plant.section, plant.team), (plant.other_section, plant.other_team), (plant.acid_section, None)]
        tag, _new = Equipment.objects.get_or_create(tag="P-101", defaults={"name": "给水泵", "unit": plant.section})
        made = []
        for _n in range(count):
            self._number += 1
            section, team = places[self._number % 3]
            made.append(
                Job(
                    number=f"WX-2603-{self._number:03}", title=f"检修 {self._number}", workshop=plant.workshop,
                    section=section, team=team, equipment=tag, contractor=plant.contractor, state="accepted",
                    accepted_on=last_month() + timedelta(days=14), received_at=now() - timedelta(days=50),
                )
            )  # fmt: skip
            for name, value in fields.items():
                setattr(made[-1], name, value)
        return Job.objects.bulk_create(made)

    def takes_part(self, job: Job, person: Person, part: str = Part.REQUESTER) -> None:
        JobPerson.objects.create(job=job, person=person, part=part)

    # ---------------------------------------------------------------- the lot
    def open(self) -> Lot:
        [lot] = opening.open_due()
        self.lot_id = lot.pk
        return self.lot

    @property
    def lot(self) -> Lot:
        return Lot.objects.select_related("case__rules", "workshop", "contractor").get(pk=self.lot_id)

    @property
    def case(self) -> Case:
        return self.lot.case

    @property
    def node(self) -> str:
        step = Step.objects.filter(case=self.lot.case, closed_at=None).first()
        return step.node if step else ""

    def item(self) -> WorkItem:
        return WorkItem.objects.get(case=self.lot.case, state="open")

    @contextmanager
    def turn(self, person: Person) -> Any:
        person = Person.objects.get(pk=person.pk)
        item = self.item()
        with turn(actor=person, case_id=item.case_id, item_id=item.pk) as held:
            yield held

    def do(self, person: Person, **typed: Any) -> None:
        """Fill in the form of the present step."""
        with self.turn(person) as held:
            form = held.kind.forms[held.step.node](typed, turn_case=held.case, person=person)
            assert form.is_valid(), form.errors
            form.save(held)

    def form(self, person: Person, **typed: Any) -> Any:
        return kinds.get("lot").forms[self.node](typed, turn_case=self.case, person=person)  # type: ignore[call-arg]

    def freeze(self) -> None:
        self.do(self.lead)

    def three(self) -> dict[str, str]:
        self._nonces += 3
        return {"keep": "here"} | {f"tier_{n}": nonce(self._nonces + n) for n in (1, 2, 3)}

    def commit(self, *, union: Person | None = None) -> None:
        for person in (self.lead, self.firm, self.planner, union or self.union):
            self.do(person, **self.three())

    def reveal(self, *, union: Person | None = None) -> None:
        for person in (self.firm, self.planner, union or self.union):
            self.do(person)

    def draw(self) -> Draw:
        self.do(self.lead)
        return self.drawn(self.lot.tier)

    def drawn(self, tier: int) -> Draw:
        return Draw.objects.get(lot=self.lot_id, tier=tier)

    def to_draw(self, count: int = 20, **changes: Any) -> Draw:
        """Everything up to the teams' draw."""
        self.begin(**changes)
        self.jobs(count)
        self.open()
        self.freeze()
        self.commit()
        self.reveal()
        return self.draw()

    def numbers(self, tier: int = 1, *why: str) -> list[str]:
        rows = DrawnJob.objects.filter(draw__lot=self.lot_id, draw__tier=tier).order_by("place")
        return [one.lot_job.number for one in rows.select_related("lot_job") if not why or one.why in why]

    def inspect(self, *, failing: set[str] = frozenset(), critical: set[str] = frozenset(),
                disputed: set[str] = frozenset()) -> None:  # fmt: skip
        """Both forms of each drawn job of the present tier are sealed, then compared."""
        from django.db import transaction

        drawn = DrawnJob.objects.filter(draw__lot=self.lot_id, draw__tier=self.lot.tier, concluded_at=None)
        with transaction.atomic():
            for one in Assignment.objects.filter(drawn_job__in=drawn, ended_at=None).select_related(
                "drawn_job__lot_job", "drawn_job__draw"
            ):
                results.sealed(one)
            for job in list(drawn.select_related("lot_job", "draw")):
                number = job.lot_job.number
                bad = number in failing | critical
                results.conclude(
                    job, result="nonconforming" if bad else "conforming", critical=number in critical,
                    disputed=number in disputed,
                )  # fmt: skip

    def make_room(self) -> None:
        """The lot was of an earlier month, so that the calendar opens another now."""
        lot = self.lot
        Lot.objects.filter(pk=lot.pk).update(month=lot.month.replace(year=lot.month.year - Lot.objects.count()))
        Case.objects.filter(pk=lot.case_id).update(token=uuid4())

    def lapse(self) -> None:
        """The present step's deadline passes."""
        step = Step.objects.get(case=self.lot.case, closed_at=None)
        with injected(step.due_at + timedelta(minutes=1)):
            clocks.turn()
