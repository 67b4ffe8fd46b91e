"""Who comes with outsourced maintenance: contractors with their people, planners, inspectors. Appended to the plant, so
that nobody's employee number changes."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone

from config.demo import words
from config.demo.people import Plant
from workflows.ledger.bulk import Happening, append_many
from workflows.organisation.models import Person, Posting, Role, RoleHolding, Unit, UnitKind

# code · name · licensed for · its people by post
FIRMS = (
    ("WW-HX", "宏兴机电检修公司", "泵、风机、皮带机", ("项目经理", "安全员", "钳工班长", "焊工", "钳工")),
    ("WW-LB", "砺博筑炉公司", "耐火砌筑、锅炉受热面", ("项目经理", "安全员", "筑炉班长", "筑炉工", "焊工")),
    ("WW-DT", "电泰电气公司", "高低压电气、仪表", ("项目经理", "安全员", "电工班长", "电工", "仪表工")),
    ("WW-AJ", "安健起重公司", "起重设备、管道阀门", ("项目经理", "安全员", "起重班长", "起重工", "管工")),
)
INSPECTORS_A_TEAM, INSPECTORS_A_SECTION, INSPECTORS_OF_THE_WORKSHOP = 2, 3, 4


@dataclass
class Firms:
    units: list[Unit] = field(default_factory=list)
    planners: dict[int, Person] = field(default_factory=dict)  # by section id
    planner: Person = field(init=False)  # the workshop's


def seed(plant: Plant, chance: random.Random, since: datetime) -> Firms:
    return _Hiring(plant, chance, since).hire()


class _Hiring:
    def __init__(self, plant: Plant, chance: random.Random, since: datetime) -> None:
        self.plant, self.chance, self.since = plant, chance, since
        self.number = max(int(person.employee_no) for person in plant.people)
        self.names = {person.name for person in plant.people}
        self.people: list[Person] = []
        self.granted: list[tuple[Person, str, Unit]] = []

    def hire(self) -> Firms:
        plant, found = self.plant, Firms()
        found.planner = self._person(plant.workshop, "检修计划主管", Role.MAINTENANCE_PLANNER)
        for section in plant.sections:
            found.planners[section.pk] = self._person(section, "检修计划员", Role.MAINTENANCE_PLANNER)
            for _n in range(INSPECTORS_A_SECTION):
                self._person(section, "工段抽检员", Role.INSPECTOR)
        for _n in range(INSPECTORS_OF_THE_WORKSHOP):
            self._person(plant.workshop, "车间抽检员", Role.INSPECTOR)
        for code, name, _scope, posts in FIRMS:
            unit = Unit.objects.create(code=code, name=name, kind=UnitKind.CONTRACTOR, parent=plant.company)
            found.units.append(unit)
            for post in posts:
                self._person(unit, post, Role.CONTRACTOR)
        self._inspectors_of_teams()
        self._write()
        return found

    def _person(self, unit: Unit, title: str, role: str) -> Person:
        self.number += 1
        person = Person(
            employee_no=str(self.number), name=self._name(), unit=unit, title=title, must_change_password=False,
            joined_on=date(2020, 3, 1) + timedelta(days=self.chance.randint(0, 900)),
            password=self.plant.people[0].password, email=f"{self.number}@smelter.example",
        )  # fmt: skip
        self.people.append(person)
        self.granted.append((person, role, unit))
        return person

    def _name(self) -> str:
        while True:
            name = self.chance.choice(words.SURNAMES) + "".join(self.chance.sample(words.GIVEN, 2))
            if name not in self.names:
                self.names.add(name)
                return name

    def _inspectors_of_teams(self) -> None:
        """Workers of each team who hold nothing else, checking what other teams asked for."""
        holding = {person.pk for people in self.plant.holders.values() for person in people}
        for teams in self.plant.teams.values():
            for team in teams:
                free = [p for p in self.plant.members[team.pk] if p.pk not in holding and not p.must_change_password]
                for person in free[1 : 1 + INSPECTORS_A_TEAM]:
                    self.granted.append((person, Role.INSPECTOR, team))

    def _write(self) -> None:
        Person.objects.bulk_create(self.people)
        Posting.objects.bulk_create(Posting(person=p, unit=p.unit, starts_at=self.since) for p in self.people)
        for person in self.people:
            self.plant.people.append(person)
            self.plant.members.setdefault(person.unit_id, []).append(person)
        held = [RoleHolding(person=p, role=role, unit=unit, starts_at=self.since) for p, role, unit in self.granted]
        RoleHolding.objects.bulk_create(held)
        for row in held:
            self.plant.holders.setdefault((row.role, row.unit_id), []).append(row.person)
        append_many(
            Happening(
                f"person:{row.person_id}", "organisation.role.granted",
                {"actor": None, "holding": row.pk, "role": row.role, "unit": row.unit_id}, at=self.since,
            )
            for row in held
        )  # fmt: skip


def aware(moment: datetime) -> datetime:
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
