"""The invented plant: units, people, roles, calendar, rules. A handful of statements, whatever its size."""

from __future__ import annotations

import copy
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password

from config.demo import words
from innovation.proposals.rules import DEFAULT_RULES
from workflows.engine import plant_calendar, rulebook
from workflows.engine.models import RuleVersion, WorkingPeriod
from workflows.ledger.bulk import Happening, append_many
from workflows.ledger.clock import injected
from workflows.organisation.models import Person, Posting, Role, RoleHolding, Unit, UnitKind

PASSWORD = "assay-demo-2026"  # noqa: S105 (printed by `make demo`, for invented people)


@dataclass
class Plant:
    company: Unit = field(init=False)
    workshop: Unit = field(init=False)
    sections: list[Unit] = field(default_factory=list)
    teams: dict[int, list[Unit]] = field(default_factory=dict)  # by section id
    people: list[Person] = field(default_factory=list)
    holders: dict[tuple[str, int], list[Person]] = field(default_factory=dict)  # (role, unit id)
    members: dict[int, list[Person]] = field(default_factory=dict)  # by unit id
    rules: list[RuleVersion] = field(default_factory=list)

    def holder(self, role: str, unit: Unit) -> list[Person]:
        return self.holders.get((role, unit.pk), [])


class Founder:
    """Founds a plant of about `people` people, `years` years ago."""

    def __init__(self, chance: random.Random, people: int, since: datetime) -> None:
        self.chance, self.count, self.since = chance, people, since
        self.plant, self.number = Plant(), 10000
        self.password = make_password(PASSWORD)
        self.names = self._names()
        self.granted: list[tuple[Person, str, Unit, int]] = []

    def found(self) -> Plant:
        self._units()
        self._staff()
        self._members()
        Person.objects.bulk_create(self.plant.people, batch_size=2000)
        Posting.objects.bulk_create(
            (Posting(person=p, unit=p.unit, starts_at=self.since) for p in self.plant.people), batch_size=2000
        )
        self._grant()
        self._calendar()
        self._rules()
        return self.plant

    def _names(self) -> Any:
        used: set[str] = set()
        while True:
            given = self.chance.choice(words.GIVEN) + (self.chance.choice(words.GIVEN) if len(used) > 90 else "")
            name = self.chance.choice(words.SURNAMES) + given
            if name not in used:
                used.add(name)
                yield name

    def _units(self) -> None:
        plant = self.plant
        plant.company = Unit.objects.create(code="TYL", name="铜冶炼厂", kind=UnitKind.COMPANY)
        plant.workshop = Unit.objects.create(code="RL", name="熔炼车间", kind=UnitKind.WORKSHOP, parent=plant.company)
        for name, (code, teams) in words.SECTIONS.items():
            section = Unit.objects.create(code=f"RL-{code}", name=name, kind=UnitKind.SECTION, parent=plant.workshop)
            plant.sections.append(section)
            plant.teams[section.pk] = [
                Unit.objects.create(code=f"RL-{code}-{n}", name=team, kind=UnitKind.TEAM, parent=section)
                for n, team in enumerate(teams, 1)
            ]

    def _person(self, unit: Unit, title: str, name: str = "", **fields: Any) -> Person:
        self.number += 1
        joined = (self.since - timedelta(days=self.chance.randint(0, 6000))).date()
        fields = {"must_change_password": False} | fields
        person = Person(
            employee_no=str(self.number),
            name=name or next(self.names),
            unit=unit,
            title=title,
            joined_on=joined,
            password=self.password,
            email=f"{self.number}@smelter.example",
            **fields,
        )
        self.plant.people.append(person)
        self.plant.members.setdefault(unit.pk, []).append(person)
        return person

    def _staff(self) -> None:
        """Those who hold roles, so that employee numbers of the sign-ins come first and stay the same."""
        plant = self.plant
        for section in plant.sections:
            for title in ("工段长", "工段工艺", "工段设备"):
                self._give(self._person(section, title), Role.SECTION_CHIEF, section)
            for team in plant.teams[section.pk]:
                self._give(self._person(team, "班长"), Role.TEAM_LEADER, team)
        for title in ("车间主任", "工艺副主任", "设备副主任", "安全主管", "技术主管"):
            self._give(self._person(plant.workshop, title), Role.WORKSHOP_REVIEWER, plant.workshop)
        for title, *roles in (
            ("创新专员", Role.INNOVATION_OFFICER, Role.RULE_DRAFTER),
            ("财务", Role.FINANCE_VERIFIER),
            ("综合管理员", Role.ADMINISTRATOR),
            ("督查负责人", Role.AUDIT_LEAD),
            ("监督员", Role.OBSERVER),
            ("工会代表", Role.UNION_REPRESENTATIVE),
            ("综合办主任", Role.RULE_PUBLISHER),
        ):
            person = self._person(plant.workshop, title)
            for role in roles:
                self._give(person, role, plant.workshop)
        self._judges()
        self._give(self._person(plant.company, "信息中心运维"), Role.ADMINISTRATOR, plant.company)
        plant.workshop.fallback = None

    def _judges(self) -> None:
        """Seven: one of the workshop's leaders, so that the others may sit over objections; three chiefs and three
        leaders of teams, who are recused where they lead."""
        plant = self.plant
        leaders = [p for p, role, _unit, _weight in self.granted if role == Role.WORKSHOP_REVIEWER][:1]
        chiefs = [p for p, role, _unit, _weight in self.granted if role == Role.SECTION_CHIEF][::3][:3]
        teams = [p for p, role, _unit, _weight in self.granted if role == Role.TEAM_LEADER][1:6:2]
        for person in (*leaders, *chiefs, *teams):
            self._give(person, Role.JUDGE, plant.workshop)

    def _members(self) -> None:
        teams = [(s, t) for s in self.plant.sections for t in self.plant.teams[s.pk]]
        while len(self.plant.people) < self.count - 1:
            section, team = teams[len(self.plant.people) % len(teams)]
            self._person(team, self.chance.choice(words.POSTS[section.code.removeprefix("RL-")]))
        self._person(teams[0][1], "新员工", must_change_password=True)

    def _give(self, person: Person, role: str, unit: Unit, weight: int = 1) -> None:
        self.granted.append((person, role, unit, weight))

    def _grant(self) -> None:
        rows = [RoleHolding(person=p, role=r, unit=u, weight=w, starts_at=self.since) for p, r, u, w in self.granted]
        RoleHolding.objects.bulk_create(rows)
        for row in rows:
            self.plant.holders.setdefault((row.role, row.unit_id), []).append(row.person)
        append_many(
            Happening(
                f"person:{row.person_id}",
                "organisation.role.granted",
                {"actor": None, "holding": row.pk, "role": row.role, "unit": row.unit_id},
                at=self.since,
            )
            for row in rows
        )

    def _calendar(self) -> None:
        for starts, ends in plant_calendar.DEFAULT_PERIODS:
            WorkingPeriod.objects.create(starts=starts, ends=ends)
        for year in range(self.since.year, self.since.year + 30):
            try:
                plant_calendar.import_year(year)
            except NotImplementedError:
                break

    def _rules(self) -> None:
        """Two versions that have been, one in force and a draft that waits for its publisher."""
        plant = self.plant
        drafter = plant.holder(Role.INNOVATION_OFFICER, plant.workshop)[0]
        publisher = plant.holder(Role.RULE_PUBLISHER, plant.workshop)[0]
        years = (timedelta(0), timedelta(days=400), timedelta(days=760))
        for number, (after, section) in enumerate(zip(years, ("300000.00", "400000.00", "500000.00"), strict=True), 1):
            content: dict[str, Any] = copy.deepcopy(DEFAULT_RULES)
            for ceiling in content["ceilings"]["section"].values():
                ceiling["benefit"] = section
            with injected(self.since + after):
                version = rulebook.draft(
                    actor=drafter, kind="proposal", unit=plant.workshop, content=content, note=f"第 {number} 版"
                )
                rulebook.submit(actor=drafter, version_id=version.pk)
                plant.rules.append(rulebook.publish(actor=publisher, version_id=version.pk, read=version.digest))
        content = copy.deepcopy(DEFAULT_RULES)
        content["finance_threshold"] = "80000.00"
        waits = rulebook.draft(
            actor=drafter, kind="proposal", unit=plant.workshop, content=content, note="拟把核定门槛提到 8 万元"
        )
        rulebook.submit(actor=drafter, version_id=waits.pk)
