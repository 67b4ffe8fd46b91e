"""Outsourced jobs of the invented plant: three years that came from the plant's old system, the last months' waiting to
be checked and settled, and this week's at every step, done through the very forms that people fill in."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from config.demo import equipment, firms, pairs
from config.demo.latest import picture
from config.demo.pairs import months_before
from config.demo.people import Plant
from maintenance_audit.jobs import repeats, step_forms
from maintenance_audit.jobs.filing import RequestForm
from maintenance_audit.jobs.models import Claim, Job, JobPerson, JobState, Part, Source
from maintenance_audit.register import keeping
from maintenance_audit.register.models import ClaimItem, ClaimKind, Equipment, FailureCode, WorkKind
from workflows.engine import filing, independence, kinds, plant_calendar, rulebook
from workflows.engine.models import Case, WorkItem
from workflows.engine.turn import Turn, turn
from workflows.ledger.bulk import Happening, append_many
from workflows.ledger.clock import injected, now
from workflows.organisation.models import Person, Role, Unit

A_MONTH = 40
WARRANTY = timedelta(days=90)
# kind of work → which firms do it, and what is asked for on a machine called so
WORK: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    "NCL": ((1,), ("{} 局部耐火砖更换", "{} 衬里修补", "{} 挖补砌筑")),
    "BZX": ((0, 3), ("{} 解体检修", "{} 更换机械密封", "{} 更换叶轮")),
    "SPJ": ((0,), ("{} 更换托辊", "{} 胶带硫化接头", "{} 纠偏检修")),
    "FJX": ((0,), ("{} 更换轴承", "{} 叶轮做动平衡", "{} 联轴器找正")),
    "GLX": ((1,), ("{} 漏管更换", "{} 管束防磨", "{} 焊口返修")),
    "DQX": ((2,), ("{} 电机更换轴承", "{} 控制回路检修", "{} 绝缘处理")),
    "GDF": ((3, 0), ("{} 进出口阀门更换", "{} 管道换管", "{} 法兰堵漏")),
    "QZJ": ((3,), ("{} 更换钢丝绳", "{} 制动器检修", "{} 年检整改")),
}
FITS = (
    ("泵", ("BZX", "GDF", "DQX")), ("风机", ("FJX", "DQX")), ("皮带", ("SPJ", "DQX")), ("输送", ("SPJ",)),
    ("锅炉", ("GLX", "GDF")), ("炉", ("NCL", "GDF")), ("水套", ("GDF", "NCL")), ("起重", ("QZJ", "DQX")),
    ("葫芦", ("QZJ",)), ("柜", ("DQX",)), ("塔", ("GDF", "NCL")), ("机", ("BZX", "DQX", "FJX")),
)  # fmt: skip
SAID = {
    ClaimKind.PERMIT: "动火票、能量隔离票齐全，已挂牌上锁。",
    ClaimKind.HIDDEN_WORK: "隐蔽前已拍照，共 4 张。",
    ClaimKind.NEW_PART: "已换新件，合格证附后。",
    ClaimKind.OLD_PART: "旧件已交备件库，有入库单。",
    ClaimKind.TRIAL_RUN: "试车两小时，平稳。",
}
# What each live job has been through; the rest waits for whoever has it in hand.
LIVE: tuple[tuple[str, ...], ...] = (
    (), (), ("return_it",), ("approve",), ("approve",), ("approve", "dispatch"), ("approve", "dispatch", "start"),
    ("approve", "dispatch", "start", "hide"), ("approve", "dispatch", "start", "hide", "complete"),
    ("approve", "dispatch", "start", "hide", "complete"),
    ("approve", "dispatch", "start", "hide", "complete", "refuse"),
    ("approve", "dispatch", "start", "hide", "complete", "accept"),
    ("approve", "dispatch", "start", "hide", "complete", "refuse", "complete", "accept"),
    ("approve", "dispatch", "start", "hide", "complete", "accept", "settle"), ("turn_down",),
)  # fmt: skip


@dataclass
class Outsourced:
    """What the lots, inspections and findings of the demo go on from."""

    firms: firms.Firms
    register: equipment.Register
    jobs: list[Job]


def seed(
    plant: Plant, chance: random.Random, present: datetime, months: int = 36, founded: datetime | None = None
) -> Outsourced:
    """In the plant's own time: people first, then the register, the rules, the past and what is under way.

    `founded`: since when the plant's people hold their roles; the past lies behind it."""
    moment = firms.aware(present)
    since = founded or moment - timedelta(days=31 * (months + 3))
    months = min(months, (moment - since).days // 31 - 1)
    hired = firms.seed(plant, chance, since)
    register = equipment.seed(plant, chance, present, planner=hired.planner, begun=since + timedelta(days=1))
    with injected(since):
        for unit, (_code, _name, scope, _posts) in zip(hired.units, firms.FIRMS, strict=True):
            keeping.register_contractor(
                actor=hired.planner, unit=unit, scope=scope, valid_until=date(moment.year + 2, 6, 30), contact=""
            )
        _publish_rules(plant)
    past = Past(plant, chance, moment, hired, register)
    made = past.write(months)
    if months > pairs.SINCE:
        tags = [one.tag for found in register.equipment.values() for one in found]
        pairs.write_down(hired.planner, tags, moment.date())
    Days(past, chance).live()
    return Outsourced(hired, register, made)


def _publish_rules(plant: Plant) -> None:
    drafter = plant.holder(Role.RULE_DRAFTER, plant.workshop)[0]
    publisher = plant.holder(Role.RULE_PUBLISHER, plant.workshop)[0]
    rules = dict(kinds.get("job").first_rules)
    version = rulebook.draft(actor=drafter, kind="job", unit=plant.workshop, content=rules, note="首版")
    rulebook.submit(actor=drafter, version_id=version.pk)
    rulebook.publish(actor=publisher, version_id=version.pk, read=version.digest)


@dataclass(frozen=True)
class Task:
    """What is asked for: on what, how it failed, what kind of work that is, who does it."""

    section: Unit
    equipment: Equipment
    failure: FailureCode | None
    kind: WorkKind
    firm: Unit
    title: str


class Past:
    """Jobs as they come from a spreadsheet, in a few statements, however many."""

    def __init__(
        self, plant: Plant, chance: random.Random, present: datetime, hired: firms.Firms, register: equipment.Register
    ) -> None:
        self.plant, self.chance, self.present = plant, chance, present
        self.hired, self.register = hired, register
        self.kinds = {kind.code: kind for kind in register.kinds}
        self.items: dict[int, list[ClaimItem]] = {}
        for item in ClaimItem.objects.filter(template__in=register.templates.values()).order_by("place"):
            self.items.setdefault(item.template_id, []).append(item)

    def write(self, months: int) -> list[Job]:
        """The oldest month first; the last full month and this one are accepted and not yet settled."""
        first = timezone.localdate(self.present).replace(day=1)
        jobs: list[Job] = []
        for back in range(months, -1, -1):
            jobs += self._month(months_before(first, back), back)
        Job.objects.bulk_create(jobs, batch_size=2000)
        claims = [claim for job in jobs for claim in self._claims(job)]
        for job, hours in _hours(claims).items():
            job.hours = hours
        Claim.objects.bulk_create(claims, batch_size=5000)
        for job in jobs:
            if job.settled_at is not None:
                job.settled_amount = self._bill(job)
        Job.objects.bulk_update(jobs, ["hours", "settled_amount"], batch_size=1000)
        JobPerson.objects.bulk_create((part for job in jobs for part in self._people(job)), batch_size=5000)
        repeats.link([job.pk for job in jobs])
        append_many(_came_in(job) for job in jobs)
        return jobs

    def _month(self, first: date, back: int) -> Iterator[Job]:
        last = min(months_before(first, -1) - timedelta(days=1), timezone.localdate(self.present) - timedelta(days=1))
        if last < first:
            return
        share = (last - first).days / 30
        days = sorted(self.chance.randint(0, (last - first).days) for _n in range(max(1, round(A_MONTH * share))))
        earlier: list[tuple[date, Task]] = []
        for day in days:
            accepted = first + timedelta(days=day)
            task = self._task(earlier, accepted)
            if not pairs.is_given_out(task.equipment.tag, back):
                continue
            earlier.append((accepted, task))
            yield self._job(f"WX-{first:%y%m}-{len(earlier):03d}", task, accepted, settled=back > 1)

    def _task(self, earlier: list[tuple[date, Task]], day: date) -> Task:
        """One in eleven fails again as it did this month."""
        again = [task for at, task in earlier if task.failure is not None and day > at]
        return self.chance.choice(again) if again and self.chance.random() < 0.09 else self.task()

    def task(self, section: Unit | None = None) -> Task:
        section = section or self.chance.choices(self.plant.sections, (5, 3, 3)[: len(self.plant.sections)])[0]
        on = self.chance.choice(self.register.equipment[section.pk])
        code = self.chance.choice(next((codes for word, codes in FITS if word in on.name), ("GDF", "DQX")))
        whose, titles = WORK[code]
        failure = self.chance.choice(self.register.failures) if self.chance.random() > 0.08 else None
        firm = self.hired.units[self.chance.choice(whose)]
        return Task(section, on, failure, self.kinds[code], firm, self.chance.choice(titles).format(on.name))

    def _job(self, number: str, task: Task, accepted: date, *, settled: bool) -> Job:
        done = timezone.make_aware(datetime.combine(accepted, time(8))) - timedelta(hours=self.chance.randint(2, 40))
        begun = done - timedelta(hours=self.chance.randint(6, 90))
        asked = begun - timedelta(hours=self.chance.randint(10, 120))
        late = self.chance.random() < 0.13
        planned = max(begun.date(), done.date() - timedelta(days=self.chance.randint(1, 3))) if late else accepted
        template, until = self.register.templates[task.kind.code], accepted + WARRANTY
        over = until < timezone.localdate(self.present)
        hides = any(item.kind == ClaimKind.HIDDEN_WORK for item in self.items[template.pk])
        paid = timezone.make_aware(datetime.combine(accepted, time(15))) + timedelta(days=self.chance.randint(32, 45))
        paid = min(paid, self.present)
        return Job(
            number=number, source=Source.SHEET, title=task.title, scope=f"{task.title}，完工试车，清理现场。",
            workshop=self.plant.workshop, section=task.section, team=self.chance.choice(self.teams(task.section)),
            equipment=task.equipment, failure_code=task.failure, first_failure_code=task.failure,
            work_kind=task.kind, template=template, contractor=task.firm, hidden_work=hides, gate_evidenced=not hides,
            state=(JobState.WARRANTY_OVER if over else JobState.SETTLED) if settled else JobState.ACCEPTED,
            planned_start=begun.date(), planned_end=planned, started_at=begun, completed_at=done,
            accepted_on=accepted, refusals=int(self.chance.random() < 0.06), warranty_until=until, received_at=asked,
            settled_at=paid if settled else None,
        )  # fmt: skip

    def teams(self, section: Unit) -> list[Unit]:
        return self.plant.teams[section.pk]

    def _claims(self, job: Job) -> Iterator[Claim]:
        for item in self.items[job.template_id or 0]:
            value = self.value_of(item) if item.measure else None
            if value is not None and item.kind == ClaimKind.HOURS:
                value = pairs.hours_of(job, value, timezone.localdate(self.present))
            if value is None and not item.required and self.chance.random() < 0.4:
                continue
            yield Claim(
                job=job, item=item, key=item.key, place=item.place, kind=item.kind, label=item.label,
                measure=item.measure, value=value, said="" if value is not None else self.said_of(item),
                tolerance=item.tolerance, allowed=item.allowed, seen=item.seen, severity=item.severity,
                claimed_at=job.completed_at or job.received_at,
            )  # fmt: skip

    def value_of(self, item: ClaimItem) -> Decimal:
        """As large as such things are."""
        sizes: dict[str, Callable[[], Any]] = {
            ClaimKind.HOURS: lambda: self.chance.randrange(8, 161, 4),
            ClaimKind.HEADCOUNT: lambda: self.chance.randint(2, 12),
            ClaimKind.TIMES: lambda: self.chance.randint(1, 5),
            ClaimKind.QUANTITY: lambda: self.chance.randint(2, 60),
            ClaimKind.TRIAL_RUN: lambda: Decimal(self.chance.randint(12, 55)) / 10,
        }
        return Decimal(sizes.get(ClaimKind(item.kind), lambda: self.chance.randint(1, 8))())

    @staticmethod
    def said_of(item: ClaimItem) -> str:
        return SAID.get(ClaimKind(item.kind), "已按委托范围完成。")

    def _bill(self, job: Job) -> Decimal:
        return (job.hours or Decimal(20)) * 95 + Decimal(self.chance.randint(300, 26000))

    def _people(self, job: Job) -> Iterator[JobPerson]:
        chiefs = self.plant.holder(Role.SECTION_CHIEF, job.section)
        planner = self.hired.planners[job.section_id]
        members = self.plant.members[job.team_id or 0]
        asked, beside = self.chance.sample(members, 2) if len(members) > 1 else (members[0], chiefs[0])
        approver, acceptor = self.chance.sample(chiefs, 2) if len(chiefs) > 1 else (chiefs[0], chiefs[0])
        for part, person in (
            (Part.REQUESTER, asked), (Part.APPROVER, approver), (Part.DISPATCHER, planner), (Part.SUPERVISOR, beside),
            (Part.ACCEPTOR, acceptor), (Part.SETTLER, planner),
        ):  # fmt: skip
            if part != Part.SETTLER or job.settled_at is not None:
                yield JobPerson(job=job, person=person, part=part)


def _hours(claims: list[Claim]) -> dict[Job, Decimal]:
    found: dict[Job, Decimal] = {}
    for claim in claims:
        if claim.kind == ClaimKind.HOURS and claim.value is not None:
            found[claim.job] = found.get(claim.job, Decimal(0)) + claim.value
    return found


def _came_in(job: Job) -> Happening:
    said = {"job": job.number, "actor": None, "source": job.source, "state": job.state}
    return Happening(f"job:{job.pk}", "maintenance_audit.job.imported", said, at=job.received_at)


class Days:
    """This week's jobs, through the pages' forms."""

    def __init__(self, past: Past, chance: random.Random) -> None:
        self.past, self.chance, self.plant, self.present = past, chance, past.plant, past.present

    def live(self) -> None:
        for n, acts in enumerate(LIVE):
            section = self.plant.sections[n % len(self.plant.sections)]
            moment = min(plant_calendar.due(self.present - timedelta(days=9 - n % 3), 0.2), self.present)
            with injected(moment):
                case = self._ask(self.past.task(section))
            for act in acts:
                moment = min(plant_calendar.due(moment, 3), self.present)
                with injected(moment):
                    getattr(self, act)(case)

    def _ask(self, task: Task) -> Case:
        team = self.chance.choice(self.past.teams(task.section))
        author = self.chance.choice([p for p in self.plant.members[team.pk] if not p.must_change_password])
        typed = {
            "title": task.title, "equipment": task.equipment.tag, "unit": team.pk, "work_kind": task.kind.pk,
            "failure_code": task.failure.pk if task.failure else "", "scope": f"{task.title}，完工试车，清理现场。",
            "estimate": str(self.chance.randrange(2000, 30000, 500)),
        }  # fmt: skip
        form = RequestForm(typed, person=author)
        assert form.is_valid(), form.errors
        return filing.file(actor=author, kind="job", token=self._token(), form=form).case

    def approve(self, case: Case) -> None:
        with self._turn(case) as held:
            held.approve("同意委托。")

    def turn_down(self, case: Case) -> None:
        with self._turn(case) as held:
            held.reject("班组自修即可，不必委外。")

    def return_it(self, case: Case) -> None:
        with self._turn(case) as held:
            held.return_to("revision", then="resume", reason="请写明失效部位和备件。")

    def dispatch(self, case: Case) -> None:
        with self._turn(case) as held:
            today = timezone.localdate(now())
            firm = self.chance.choice(self.past.hired.units).contractor
            free = [p for p in self.plant.members[case.unit_id] if p.pk != case.author_id]
            typed = {
                "contractor": firm.pk, "supervisor": self.chance.choice(free).employee_no, "planned_start": today,
                "planned_end": today + timedelta(days=4),
            }  # fmt: skip
            self._save(step_forms.DispatchForm, held, typed)

    def start(self, case: Case) -> None:
        with self._turn(case) as held:
            self._save(step_forms.StartForm, held, {"permits": f"动火票 D-{self.chance.randint(100, 999)}，已隔离挂牌"})

    def hide(self, case: Case) -> None:
        """Where there is something to hide."""
        if WorkItem.objects.filter(case=case, state="open", step__node="hidden_work").exists():
            with self._turn(case) as held:
                self._save(step_forms.HiddenWorkForm, held, {"note": "锚固件与底层"}, self._photo())

    def complete(self, case: Case) -> None:
        with self._turn(case) as held:
            form = step_forms.CompletionForm(turn_case=held.case, person=held.actor)
            typed = {
                f"claim_{item.key}": self.past.value_of(item) if item.measure else self.past.said_of(item)
                for item in form.items
            }
            self._save(step_forms.CompletionForm, held, typed, self._photo())

    def refuse(self, case: Case) -> None:
        with self._turn(case) as held:
            held.reject("试车有异响，处理后再报。")

    def accept(self, case: Case) -> None:
        with self._turn(case) as held:
            held.approve("现场看过，合格。")

    def settle(self, case: Case) -> None:
        with self._turn(case) as held:
            self._save(step_forms.SettlementForm, held, {"amount": str(self.chance.randrange(2000, 30000, 250))})

    @contextmanager
    def _turn(self, case: Case) -> Iterator[Turn]:
        item = WorkItem.objects.filter(case=case, state="open").select_related("person").get()
        pool = self.plant.holders.get((item.role, item.unit_id or 0), [])
        actor = item.person or next(p for p in pool if independence.why_not(case, p) is None)
        with turn(actor=_fresh(actor), case_id=case.pk, item_id=item.pk, token=self._token()) as held:
            yield held

    @staticmethod
    def _save(made: Any, held: Turn, typed: dict[str, Any], photo: SimpleUploadedFile | None = None) -> None:
        files = MultiValueDict({"photos": [photo] if photo else []})
        form = made(typed, files, turn_case=held.case, person=held.actor)
        assert form.is_valid(), form.errors
        form.save(held)

    def _photo(self) -> SimpleUploadedFile:
        return SimpleUploadedFile("photo.jpg", picture(self.chance), content_type="image/jpeg")

    def _token(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)


def _fresh(person: Person) -> Person:
    """Roles are kept on the instance, which lives for one request."""
    person.__dict__.pop("_held", None)
    return person
