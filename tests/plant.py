"""A small believable plant: one workshop of a copper smelter, and everybody a story needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.test import Client

from workflows.organisation.models import Person, Posting, Role, RoleHolding, Unit, UnitKind

PASSWORD = "furnace-1250-degrees"
LONG_AGO = datetime(2023, 1, 1, tzinfo=UTC)


@dataclass
class Plant:
    """Units and people by what they are in a story. `client(person)` is that person's signed-in browser."""

    company: Unit = field(init=False)
    workshop: Unit = field(init=False)
    section: Unit = field(init=False)  # 闪速炉工段
    other_section: Unit = field(init=False)  # 渣选工段
    acid_section: Unit = field(init=False)  # 硫酸工段
    team: Unit = field(init=False)  # 闪速炉甲班
    second_team: Unit = field(init=False)  # 闪速炉乙班
    other_team: Unit = field(init=False)  # 渣选甲班
    acid_team: Unit = field(init=False)
    contractor: Unit = field(init=False)

    author: Person = field(init=False)
    coauthor: Person = field(init=False)
    teammate: Person = field(init=False)  # same team, no role
    section_member: Person = field(init=False)  # a technician who belongs to the section directly
    team_leader: Person = field(init=False)
    second_leader: Person = field(init=False)  # leads 闪速炉乙班
    other_leader: Person = field(init=False)  # leads 渣选甲班
    section_chiefs: list[Person] = field(init=False)
    other_chief: Person = field(init=False)
    reviewers: list[Person] = field(init=False)
    finance: Person = field(init=False)
    admin: Person = field(init=False)
    drafter: Person = field(init=False)
    publisher: Person = field(init=False)
    observer: Person = field(init=False)
    stranger: Person = field(init=False)  # 渣选甲班, no role
    contractor_person: Person = field(init=False)
    # What the tests of other apps keep with the plant: rule versions, calendar.
    extra: dict[str, Any] = field(default_factory=dict)

    password = PASSWORD

    def client(self, person: Person, **options: Any) -> Client:
        client = Client(**options)
        client.force_login(person, backend="workflows.organisation.backends.EmployeeBackend")
        return client

    def hold(self, person: Person, role: Role | str, unit: Unit, **fields: Any) -> RoleHolding:
        person.__dict__.pop("_held", None)
        fields.setdefault("starts_at", LONG_AGO)
        return RoleHolding.objects.create(person=person, role=role, unit=unit, **fields)


class _Builder:
    def __init__(self) -> None:
        self.number = 10000
        self.password = make_password(PASSWORD)

    def unit(self, code: str, name: str, kind: UnitKind, parent: Unit | None = None) -> Unit:
        return Unit.objects.create(code=code, name=name, kind=kind, parent=parent)

    def person(self, name: str, unit: Unit, title: str = "", **fields: Any) -> Person:
        self.number += 1
        person = Person.objects.create(
            employee_no=str(self.number),
            name=name,
            unit=unit,
            title=title,
            password=self.password,
            must_change_password=False,
            joined_on=date(2019, 7, 1),
            email=f"{self.number}@plant.example",
            **fields,
        )
        Posting.objects.create(person=person, unit=unit, starts_at=LONG_AGO)
        return person


def build() -> Plant:
    plant, make = Plant(), _Builder()
    _units(plant, make)
    _people(plant, make)
    _roles(plant)
    return plant


def _units(plant: Plant, make: _Builder) -> None:
    plant.company = make.unit("JY", "金冶铜业", UnitKind.COMPANY)
    plant.workshop = make.unit("RL", "熔炼车间", UnitKind.WORKSHOP, plant.company)
    plant.section = make.unit("RL-SSL", "闪速炉工段", UnitKind.SECTION, plant.workshop)
    plant.other_section = make.unit("RL-ZX", "渣选工段", UnitKind.SECTION, plant.workshop)
    plant.acid_section = make.unit("RL-LS", "硫酸工段", UnitKind.SECTION, plant.workshop)
    plant.team = make.unit("RL-SSL-1", "闪速炉甲班", UnitKind.TEAM, plant.section)
    plant.second_team = make.unit("RL-SSL-2", "闪速炉乙班", UnitKind.TEAM, plant.section)
    plant.other_team = make.unit("RL-ZX-1", "渣选甲班", UnitKind.TEAM, plant.other_section)
    plant.acid_team = make.unit("RL-LS-1", "硫酸甲班", UnitKind.TEAM, plant.acid_section)
    plant.contractor = make.unit("WW-HX", "宏兴检修公司", UnitKind.CONTRACTOR, plant.company)


def _people(plant: Plant, make: _Builder) -> None:
    plant.author = make.person("韩铸", plant.team, "炉前操作工")
    plant.coauthor = make.person("陆锍", plant.team, "炉前操作工")
    plant.teammate = make.person("纪炉", plant.team, "炉前操作工")
    plant.section_member = make.person("顾澄", plant.section, "工艺技术员")
    plant.team_leader = make.person("秦砺", plant.team, "班长")
    plant.second_leader = make.person("石坚", plant.second_team, "班长")
    plant.other_leader = make.person("方渣", plant.other_team, "班长")
    plant.section_chiefs = [make.person(name, plant.section, "工段长") for name in ("高焰", "沈淬", "白锐")]
    plant.other_chief = make.person("罗浮", plant.other_section, "工段长")
    plant.reviewers = [
        make.person(name, plant.workshop, "车间评审") for name in ("沈砚", "程铖", "钟钰", "冯炼", "梁衡")
    ]
    plant.finance = make.person("苏算", plant.workshop, "财务")
    plant.admin = make.person("管晓", plant.workshop, "综合管理员")
    plant.drafter = make.person("文拟", plant.workshop, "管理员")
    plant.publisher = make.person("章颁", plant.workshop, "车间主任")
    plant.observer = make.person("明察", plant.workshop, "监督员")
    plant.stranger = make.person("莫识", plant.other_team, "浮选工")
    plant.contractor_person = make.person("杜工", plant.contractor, "项目经理")


def _roles(plant: Plant) -> None:
    plant.hold(plant.team_leader, Role.TEAM_LEADER, plant.team)
    plant.hold(plant.second_leader, Role.TEAM_LEADER, plant.second_team)
    plant.hold(plant.other_leader, Role.TEAM_LEADER, plant.other_team)
    for chief in plant.section_chiefs:
        plant.hold(chief, Role.SECTION_CHIEF, plant.section)
    plant.hold(plant.other_chief, Role.SECTION_CHIEF, plant.other_section)
    for reviewer in plant.reviewers:
        plant.hold(reviewer, Role.WORKSHOP_REVIEWER, plant.workshop, weight=1)
    plant.hold(plant.finance, Role.FINANCE_VERIFIER, plant.workshop)
    plant.hold(plant.admin, Role.ADMINISTRATOR, plant.workshop)
    plant.hold(plant.drafter, Role.RULE_DRAFTER, plant.workshop)
    plant.hold(plant.publisher, Role.RULE_PUBLISHER, plant.workshop)
    plant.hold(plant.observer, Role.OBSERVER, plant.workshop)
    plant.hold(plant.contractor_person, Role.CONTRACTOR, plant.contractor)
