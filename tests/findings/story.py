"""A finding walked through its pages: by the firm, the audit lead, re-checkers, planner and workshop."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from maintenance_audit.findings import opening
from maintenance_audit.findings.models import Finding
from maintenance_audit.inspections.models import Ruling
from maintenance_audit.jobs.models import Claim, Job, JobPerson, SettlementHold
from maintenance_audit.lots.models import Assignment, Draw, DrawnJob, Lot, LotJob
from maintenance_audit.register.models import Contractor, Equipment
from tests.case_story import hand_in_and_publish
from tests.hazards.story import photo
from tests.plant import Plant, _Builder
from workflows.engine import kinds, rulebook
from workflows.engine.models import Case, RuleVersion, Step, WorkItem
from workflows.ledger.clock import injected, now
from workflows.notices.models import Outbox
from workflows.organisation.models import Person, Role, UnitKind


def publish_rules(plant: Plant, **changes: Any) -> RuleVersion:
    content = dict(kinds.get("finding").first_rules) | changes
    version = rulebook.draft(actor=plant.drafter, kind="finding", unit=plant.workshop, content=content, note="首版")
    return hand_in_and_publish(plant, version)


def people(plant: Plant) -> None:
    """Whom spot checks need besides: an audit lead, a planner, inspectors of section and workshop, a second firm."""
    if "lead" in plant.extra:
        return
    make = _Builder()
    make.number = 32000
    wanted = (
        ("lead", "程督", plant.workshop, Role.AUDIT_LEAD),
        ("planner", "计划", plant.section, Role.MAINTENANCE_PLANNER),
        ("checker", "查一", plant.section, Role.INSPECTOR),
        ("second_checker", "查二", plant.section, Role.INSPECTOR),
        ("third_checker", "查三", plant.section, Role.INSPECTOR),
        ("top_checker", "检一", plant.workshop, Role.INSPECTOR),
        ("second_top", "检二", plant.workshop, Role.INSPECTOR),
        ("site", "周现", plant.second_team, Role.INSPECTOR),
        ("records", "吴资", plant.second_team, Role.INSPECTOR),
    )
    for key, name, unit, role in wanted:
        plant.extra[key] = make.person(name, unit)
        plant.hold(plant.extra[key], role, unit)
    plant.extra["other_firm"] = make.unit("WW-CL", "赤岭机电", UnitKind.CONTRACTOR, plant.company)
    for key, name, firm in (
        ("colleague", "何埠", plant.contractor),
        ("third_of_firm", "许三", plant.contractor),
        ("other_firm_person", "赵外", plant.extra["other_firm"]),
    ):
        plant.extra[key] = make.person(name, firm)
        plant.hold(plant.extra[key], Role.CONTRACTOR, firm)
    plant.extra["answers"] = make.person("罗澈", plant.section)


def job(plant: Plant, number: str = "WX-2611-0017", **fields: Any) -> Job:
    """Accepted work of the firm, by its people, not settled."""
    people(plant)
    moment = now()
    equipment, _made = Equipment.objects.get_or_create(
        tag="AP-11", defaults={"name": "干吸塔循环泵", "unit": plant.section}
    )
    Contractor.objects.get_or_create(unit=plant.contractor)
    made = Job.objects.create(
        number=number, title="循环泵大修", workshop=plant.workshop, section=plant.section, team=plant.team,
        equipment=equipment, contractor=plant.contractor, state="accepted", accepted_on=timezone.localdate(moment),
        completed_at=moment, estimate=Decimal("86400.00"), received_at=moment, **fields,
    )  # fmt: skip
    JobPerson.objects.create(job=made, person=plant.section_member, part="requester")
    JobPerson.objects.create(job=made, person=plant.section_chiefs[0], part="acceptor")
    JobPerson.objects.create(job=made, person=plant.extra["planner"], part="dispatcher")
    return made


def claim(made: Job, key: str = "old_part", **fields: Any) -> Claim:
    values = {
        "label": "旧件返还",
        "measure": "件",
        "value": Decimal(1),
        "kind": "old_part",
        "severity": "major",
    } | fields
    return Claim.objects.create(job=made, key=key, place=made.claims.count() + 1, claimed_at=now(), **values)


def drawn(plant: Plant, made: Job, tier: int = 1, why: str = "drawn") -> DrawnJob:
    """As a lot's draw leaves it, without the ceremony."""
    month = timezone.localdate(now()).replace(day=1)
    lot = Lot.objects.filter(workshop=plant.workshop, contractor=made.contractor, month=month).first()
    if lot is None:
        lot = Lot.objects.create(
            case=_bare_case(plant), workshop=plant.workshop, contractor=made.contractor, month=month, state="drawn",
            frozen_at=now(), frame_digest="0" * 64,
        )  # fmt: skip
    lot_job, _made = LotJob.objects.get_or_create(lot=lot, job=made, defaults={"number": made.number})
    draw, _made = Draw.objects.get_or_create(
        lot=lot,
        tier=tier,
        defaults={"round": 1, "seed": "0" * 64, "size": 1, "staff_digest": "0" * 64, "drawn_at": now()},
    )
    found = DrawnJob.objects.create(draw=draw, lot_job=lot_job, place=draw.jobs.count() + 1, why=why)
    pair = ("site", "records") if tier == 1 else ("checker", "top_checker")
    for form, person in zip(("site", "records"), pair, strict=True):
        Assignment.objects.create(
            drawn_job=found, form=form, person=plant.extra[person], assigned_at=now(), sealed_at=now()
        )
    return found


def _bare_case(plant: Plant) -> Case:
    moment = now()
    return Case.objects.create(
        token=uuid4(), number=f"PC-{uuid4().hex[:8]}", kind="lot", title="批", unit=plant.workshop,
        author=plant.extra["lead"], state="closed", content_digest="0" * 64, filed_at=moment, moved_at=moment,
        closed_at=moment, imported=True,
    )  # fmt: skip


def ruling(found: DrawnJob, what: Claim, **fields: Any) -> Ruling:
    values = {"verdict": "nonconforming", "value": Decimal(0), "severity": "major", "agreed": True, "ruled_at": now()}
    return Ruling.objects.create(drawn_job=found, claim=what, **(values | fields))


@dataclass
class FindingStory:
    plant: Plant
    case: Case | None = None
    job: Job = field(init=False)

    def found(self, severity: str = "major", *, number: str = "", why: str = "drawn", **fields: Any) -> Case:
        """Compared a moment ago: the finding is open and waits for the firm's reply."""
        self.job = job(self.plant, number or f"WX-2611-{Job.objects.count() + 17:04d}")
        self.ruling = ruling(drawn(self.plant, self.job, why=why), claim(self.job), severity=severity, **fields)
        row = opening.open_for(self.ruling)
        assert row is not None
        self.case = row.case
        return row.case

    # Who. -----------------------------------------------------------------------------------------------------------

    @property
    def firm(self) -> Person:
        return self.plant.contractor_person

    def who(self, key: str) -> Person:
        return self.plant.extra[key]

    # Where it stands. ------------------------------------------------------------------------------------------------

    @property
    def row(self) -> Finding:
        return Finding.objects.select_related("job", "case").get(case=self.case)

    def step(self) -> Step:
        return Step.objects.get(case=self.case, closed_at=None)

    def at(self) -> str:
        case = Case.objects.get(pk=self.case.pk)
        return f"closed:{case.standing}" if case.state == "closed" else self.step().node

    def holds(self) -> list[SettlementHold]:
        return list(SettlementHold.objects.standing().filter(job=self.job))

    def told(self, event: str) -> set[str]:
        rows = Outbox.objects.filter(event=f"maintenance_audit.finding.{event}", subject=f"case:{self.case.pk}")
        return set(rows.values_list("recipient__name", flat=True))

    # What they do. ---------------------------------------------------------------------------------------------------

    def address(self, person: Person, *more: str) -> str:
        items = WorkItem.objects.filter(step=self.step(), state="open")
        item = items.filter(person=person).first() or items.filter(person=None).first() or items.get()
        return reverse("decide_sheet" if more else "decide", args=[self.case.number, item.pk, *more])

    def send(self, person: Person, verb: str, /, **typed: Any) -> Any:
        sent = {"verb": verb, "sheet": "1", "token": str(uuid4()), **typed}
        return self.plant.client(person).post(self.address(person), sent)

    def act(self, person: Person, verb: str, /, **typed: Any) -> None:
        answer = self.send(person, verb, **typed)
        assert answer.status_code == 303, (answer.status_code, answer.content.decode()[:3000])

    def reply(self, person: Person | None = None, stand: str = "contest", **changes: Any) -> None:
        typed = {
            "stand": stand,
            "words": "装的是新件，附领料单。",
            "photos": [photo("#445566", "领料单.jpg")],
        } | changes
        self.act(person or self.firm, "complete", **typed)

    def order(self, **changes: Any) -> dict[str, Any]:
        return {
            "reason": "领料单日期晚于安装日期，不采信。", "measure": "换新密封，旧件封存交回",
            "standard": "原厂件，试车 2 小时不漏",
            "rectifier": self.firm.pk, "answers": self.who("answers").employee_no, "rectify_by": self.day(3), **changes,
        }  # fmt: skip

    @staticmethod
    def day(after: int) -> str:
        return (timezone.localdate(now()) + timedelta(days=after)).isoformat()

    def confirm(self, person: Person | None = None, **changes: Any) -> None:
        self.act(person or self.who("lead"), "complete", **self.order(**changes))

    def withdraw(self, reason: str = "领料单属实，旧件已交库。") -> None:
        self.act(self.who("lead"), "reject", reason=reason)

    def rectify(self, person: Person | None = None, **changes: Any) -> None:
        typed = {"words": "原厂新件已换，编号与合格证一致。", "photos": [photo("#228844", "整改后.jpg")]} | changes
        self.act(person or self.firm, "complete", **typed)

    def passes(self, person: Person, **changes: Any) -> None:
        self.act(person, "complete", **({"words": "现场看过，编号一致。"} | changes))

    def fails(self, person: Person, reason: str = "合格证编号与实物不符。") -> None:
        self.act(person, "reject", reason=reason)

    def walked_to_rectification(self, severity: str = "major", **options: Any) -> None:
        self.found(severity, **options)
        self.reply()
        self.confirm()

    def walked_to_release(self) -> None:
        """A critical one, put right and passed: the planner's request to release the settlement is due."""
        self.walked_to_rectification("critical")
        self.rectify()
        self.passes(self.who("second_top"))
        assert self.at() == "release_request"

    def page(self, person: Person, url: str = "", **query: str) -> str:
        answer = self.plant.client(person).get(url or reverse("finding", args=[self.case.number]), query, follow=True)
        assert answer.status_code == 200, answer.status_code
        return str(answer.content.decode())

    def get(self, person: Person, name: str = "finding") -> int:
        return self.plant.client(person).get(reverse(name, args=[self.case.number])).status_code

    @staticmethod
    def later(**span: float) -> Any:
        return injected(now() + timedelta(**span))

    @staticmethod
    def at_noon(day: date) -> datetime:
        return timezone.make_aware(datetime(day.year, day.month, day.day, 12))
