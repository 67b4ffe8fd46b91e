"""An outsourced job walked through its pages, by the people who would; and jobs that are simply there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone

from maintenance_audit.jobs.models import Job, JobState, Source
from maintenance_audit.register.models import (
    ClaimItem,
    ClaimKind,
    ClaimTemplate,
    Contractor,
    Equipment,
    FailureCode,
    Tolerance,
    WorkKind,
)
from tests.case_story import CaseStory, publish_rules_of
from tests.hazards.story import photo
from tests.plant import Plant, _Builder
from workflows.engine.models import Case, RuleVersion
from workflows.ledger.clock import now
from workflows.organisation.models import Person, Role, UnitKind


def publish_rules(plant: Plant, **changes: Any) -> RuleVersion:
    return publish_rules_of(plant, "job", **changes)


@dataclass
class Register:
    """What jobs are about, and who keeps them. Put into a plant once."""

    plant: Plant
    planner: Person = field(init=False)  # of 闪速炉工段
    workshop_planner: Person = field(init=False)
    second_firm: Contractor = field(init=False)
    second_foreman: Person = field(init=False)
    mate: Person = field(init=False)  # of the first firm

    def __post_init__(self) -> None:
        plant, make = self.plant, _Builder()
        make.number = 30000
        self.firm, _made = Contractor.objects.get_or_create(unit=plant.contractor)
        other = make.unit("WW-JA", "金安防腐公司", UnitKind.CONTRACTOR, plant.company)
        self.second_firm = Contractor.objects.create(unit=other)
        self.planner = make.person("计检", plant.section, "检修计划员")
        self.workshop_planner = make.person("总计", plant.workshop, "检修计划员")
        self.mate = make.person("吴焊", plant.contractor, "焊工")
        self.second_foreman = make.person("安工", other, "项目经理")
        self.supervisor = make.person("监现", plant.section, "现场监护")
        plant.hold(self.planner, Role.MAINTENANCE_PLANNER, plant.section)
        plant.hold(self.workshop_planner, Role.MAINTENANCE_PLANNER, plant.workshop)
        plant.hold(self.mate, Role.CONTRACTOR, plant.contractor)
        plant.hold(self.second_foreman, Role.CONTRACTOR, other)
        self.pump = Equipment.objects.create(tag="P-2101A", name="循环水泵", unit=plant.section, place="泵房")
        self.conveyor = Equipment.objects.create(tag="B-3301", name="渣选皮带", unit=plant.other_section)
        self.leak = FailureCode.objects.create(code="LEAK", name="泄漏")
        self.wear = FailureCode.objects.create(code="WEAR", name="磨损")
        self.kind = WorkKind.objects.create(code="PUMP", name="泵类检修")
        self.template = template(plant, self.kind)
        plant.extra["register"] = self

    @classmethod
    def of(cls, plant: Plant) -> Register:
        return plant.extra.get("register") or cls(plant)


def template(plant: Plant, kind: WorkKind, version: int = 1) -> ClaimTemplate:
    made = ClaimTemplate.objects.create(work_kind=kind, version=version, drafted_by=plant.drafter)
    rows: list[dict[str, Any]] = [
        {"key": "hours", "kind": ClaimKind.HOURS, "label": "工时", "measure": "h", "tolerance": Tolerance.PERCENT,
         "allowed": 10},
        {"key": "people", "kind": ClaimKind.HEADCOUNT, "label": "出勤人数", "measure": "人",
         "tolerance": Tolerance.EXACT},
        {"key": "seal", "kind": ClaimKind.NEW_PART, "label": "新机械密封"},
        {"key": "old", "kind": ClaimKind.OLD_PART, "label": "旧件交回", "required": False},
    ]  # fmt: skip
    for place, row in enumerate(rows, 1):
        ClaimItem.objects.create(template=made, place=place, **row)
    made.published_by, made.published_at = plant.publisher, now()
    made.save()
    return made


@dataclass(frozen=True)
class Repeats:
    """By orders and by hours, both of all accepted jobs that were asked about."""

    orders: int
    of_orders: int
    hours: Decimal
    of_hours: Decimal
    without_code: int


def repeats_in(jobs: QuerySet[Job]) -> Repeats:
    """By the links that were written."""
    again = Q(repeats__isnull=False)
    found = jobs.filter(accepted_on__isnull=False).aggregate(
        orders=Count("pk", filter=again), of_orders=Count("pk"),
        again=Sum("hours", filter=again, default=Decimal(0)), of_hours=Sum("hours", default=Decimal(0)),
        without_code=Count("pk", filter=Q(first_failure_code=None)),
    )  # fmt: skip
    return Repeats(hours=found.pop("again"), **found)


class JobStory(CaseStory):
    @property
    def register(self) -> Register:
        return Register.of(self.plant)

    @property
    def job(self) -> Job:
        return Job.objects.get(case=self.case)

    @property
    def chief(self) -> Person:
        return self.plant.section_chiefs[0]

    @property
    def foreman(self) -> Person:
        return self.plant.contractor_person

    # What is typed. -------------------------------------------------------------------------------------------------

    def typed(self, **changes: Any) -> dict[str, Any]:
        reg = self.register
        return {
            "token": str(uuid4()), "title": "循环水泵机封泄漏", "equipment": "P-2101A", "failure_code": reg.leak.pk,
            "work_kind": reg.kind.pk, "unit": self.plant.team.pk, "scope": "更换机械密封，找正，试车。",
            "estimate": "3,200.00",
        } | changes  # fmt: skip

    def order(self, **changes: Any) -> dict[str, Any]:
        today = timezone.localdate(now())
        return {
            "contractor": self.register.firm.pk, "supervisor": self.register.supervisor.employee_no,
            "planned_start": today.isoformat(), "planned_end": (today + timedelta(days=2)).isoformat(),
        } | changes  # fmt: skip

    def claims(self, **changes: Any) -> dict[str, Any]:
        claimed = {"claim_hours": "16", "claim_people": "4", "claim_seal": "机封 1 套", "claim_old": "已交备件库"}
        return claimed | changes

    # What is done. --------------------------------------------------------------------------------------------------

    def file(self, person: Person | None = None, **changes: Any) -> Case:
        return self.filed("file_job", person or self.plant.author, self.typed(**changes))

    def approve(self) -> None:
        self.act(self.chief, "approve")

    def dispatch(self, **changes: Any) -> None:
        self.act(self.register.planner, "complete", **self.order(**changes))

    def start(self) -> None:
        self.act(self.register.supervisor, "complete", permits="动火票 D-118，已隔离")

    def show_hidden(self) -> None:
        self.act(self.register.supervisor, "complete", note="基础钢筋", photos=[photo()])

    def complete(self, **changes: Any) -> None:
        self.act(self.foreman, "complete", **self.claims(**changes))

    def accept(self) -> None:
        self.act(self.chief, "approve")

    def refuse(self, reason: str = "试车仍有滴漏") -> None:
        self.act(self.chief, "reject", reason=reason)

    def settle(self, amount: str = "3100.00") -> None:
        self.act(self.register.planner, "complete", amount=amount)

    def completed(self, **changes: Any) -> Case:
        self.file(**changes)
        self.approve()
        self.dispatch()
        self.start()
        if self.at() == "hidden_work":
            self.show_hidden()
        self.complete()
        assert self.case is not None
        return self.case

    def accepted(self, **changes: Any) -> Case:
        case = self.completed(**changes)
        self.accept()
        return case

    def page(self, person: Person, address: str = "", **query: str) -> str:
        return super().page(person, address or reverse("job", args=[self.job.number]), **query)


def there(plant: Plant, count: int = 1, **fields: Any) -> list[Job]:
    """Jobs that came from elsewhere, set-based: accepted unless said otherwise."""
    register = Register.of(plant)
    at, first = fields.pop("prefix", "WX-EX"), fields.pop("first", 1)
    known: dict[str, Any] = {
        "source": Source.SHEET, "title": "换机封", "workshop": plant.workshop, "section": plant.section,
        "equipment": register.pump, "contractor": plant.contractor, "state": JobState.ACCEPTED,
        "accepted_on": timezone.localdate(now()), "received_at": now(), "gate_evidenced": False,
        "work_kind": register.kind,
    }  # fmt: skip
    return Job.objects.bulk_create(Job(number=f"{at}-{first + n:05d}", **(known | fields)) for n in range(count))


def dated(plant: Plant, rows: Iterable[tuple[date, Any, Any, Any]]) -> list[Job]:
    """Accepted jobs by (day, equipment, failure code or None, hours)."""
    return [
        there(plant, prefix=f"D{n}", accepted_on=day, equipment=tag, failure_code=code, first_failure_code=code,
              hours=hours)[0]
        for n, (day, tag, code, hours) in enumerate(rows)
    ]  # fmt: skip
