"""Years of outsourced maintenance as rows, written by a few bulk inserts: jobs, claims, lots, draws, rulings, findings.

Invented by chance from a seed; the last month of it is the present one. Nothing here goes through a verb: it is the
ground that figures are counted over, not a story.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from viewflow.workflow.models import Process, Task

from maintenance_audit.assessments.models import Assessment, Shortfall
from maintenance_audit.findings.models import Finding, Reply
from maintenance_audit.inspections.models import Ruling
from maintenance_audit.jobs.models import Claim, Job
from maintenance_audit.lots.models import Draw, DrawnJob, Lot, LotJob
from maintenance_audit.register.models import Contractor, Equipment, FailureCode
from tests.hazards.story import publish_rules
from tests.plant import Plant
from workflows.engine.models import Case, RuleVersion, Step
from workflows.ledger.clock import now
from workflows.organisation.models import Unit, UnitKind
from workflows.reports.cockpit.counting import following, months_between

FIRMS = ("赤岭机电", "北辰炉窑", "恒泰防腐")
SEVERITIES = ("minor", "minor", "minor", "major", "major", "critical")
REPEAT_DAYS = 30


@dataclass
class Years:
    """`months` back from the present one, which is included."""

    plant: Plant
    months: int = 36
    a_month: int = 12
    seed: int = 7
    firms: list[Unit] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    cases: int = 0

    def write(self) -> Years:
        self.chance = random.Random(self.seed)
        self.present = timezone.localdate(now()).replace(day=1)
        index = self.present.year * 12 + self.present.month - self.months
        self.all_months = months_between(date(index // 12, index % 12 + 1, 1), self.present)
        self.rules = RuleVersion.objects.filter(kind="hazard").first() or publish_rules(self.plant)
        self._ground()
        self._jobs()
        self._claims()
        self._lots()
        self._findings()
        self._assessments()
        return self

    def _ground(self) -> None:
        for n, name in enumerate(FIRMS):
            made = {"name": name, "kind": UnitKind.CONTRACTOR, "parent": self.plant.company}
            firm, created = Unit.objects.get_or_create(code=f"WW-{n}", defaults=made)
            if created:
                Contractor.objects.create(unit=firm)
            self.firms.append(firm)
        self.firms.append(self.plant.contractor)  # 宏兴: one job in all these years
        Contractor.objects.get_or_create(unit=self.plant.contractor)
        self.sections = [self.plant.section, self.plant.other_section, self.plant.acid_section]
        made_of = [Equipment(tag=f"P-{n:03}", name="渣浆泵", unit=self.sections[n % 3]) for n in range(24)]
        self.equipment = Equipment.objects.bulk_create(made_of)
        self.codes = FailureCode.objects.bulk_create([FailureCode(code=f"F{n}", name="泄漏") for n in range(5)])

    # Jobs. ------------------------------------------------------------

    def _jobs(self) -> None:
        found = [job for month in self.all_months for job in self._of_month(month)]
        found.append(self._job(self.all_months[1] + timedelta(days=4), 999_999, firm=self.firms[-1]))
        self.jobs = Job.objects.bulk_create(found, batch_size=2000)
        self._link()

    def _of_month(self, month: date) -> list[Job]:
        """A month in which nothing happened is among them, and one busier than the rest."""
        place = self.all_months.index(month)
        count = 0 if place == 2 else self.a_month + (place % 5)
        until = min(following(month), timezone.localdate(now()) + timedelta(days=1))
        days = max(1, (until - month).days)
        return [self._job(month + timedelta(days=self.chance.randrange(days)), place * 1000 + n) for n in range(count)]

    def _job(self, day: date, number: int, firm: Unit | None = None) -> Job:
        chance, thing = self.chance, self.chance.choice(self.equipment)
        code = chance.choice([*self.codes, None])
        planned = day - timedelta(days=chance.randint(0, 4)) if chance.random() < 0.8 else None
        completed = _at(day, chance) - timedelta(days=chance.randint(0, 3))
        cancelled, taken_back = chance.random() < 0.02, chance.random()
        return Job(
            number=f"WX-{day:%y%m}-{number:06}", title=f"{thing.name}检修", workshop=self.plant.workshop,
            section=thing.unit, equipment=thing, failure_code=code, first_failure_code=code, source="sheet",
            contractor=firm or chance.choice(self.firms[:-1]), state="cancelled" if cancelled else "accepted",
            cancelled_why="重复下单" if cancelled else "", planned_end=planned, completed_at=completed, accepted_on=day,
            refusals=1 if taken_back < 0.1 else 0, received_at=_at(day, chance),
            hours=None if chance.random() < 0.05 else Decimal(chance.randint(4, 400)) / 4,
            settled_amount=Decimal(chance.randint(10_000, 9_000_000)) / 100 if taken_back > 0.4 else None,
        )  # fmt: skip

    def _link(self) -> None:
        """Same tag and code within the days: the latest before, as accepting a job writes it."""
        last: dict[tuple[int, int], Job] = {}
        changed = []
        for job in sorted(self.jobs, key=lambda j: (j.accepted_on, j.pk)):
            if job.first_failure_code_id is None:
                continue
            before = last.get((job.equipment_id, job.first_failure_code_id))
            if before is not None and job.accepted_on - before.accepted_on <= timedelta(days=REPEAT_DAYS):  # type: ignore[operator]
                job.repeats = before
                changed.append(job)
            last[job.equipment_id, job.first_failure_code_id] = job
        Job.objects.bulk_update(changed, ["repeats"], batch_size=2000)

    def _claims(self) -> None:
        words = (("hours", "工时", "h"), ("headcount", "人数", "人"), ("old_part", "旧件交回", ""))
        made = [
            Claim(job=job, key=key, place=place, kind=key, label=label, measure=measure,
                  said="已交" if not measure else "",
                  value=Decimal(self.chance.randint(1, 60)) if measure else None, claimed_at=job.received_at)
            for job in self.jobs for place, (key, label, measure) in enumerate(words)
        ]  # fmt: skip
        self.claims: dict[int, list[Claim]] = {}
        for claim in Claim.objects.bulk_create(made, batch_size=3000):
            self.claims.setdefault(claim.job_id, []).append(claim)

    # Lots. ------------------------------------------------------------

    def _lots(self) -> None:
        grouped: dict[tuple[date, int], list[Job]] = {}
        for job in self.jobs:
            if job.state != "cancelled":
                grouped.setdefault((job.accepted_on.replace(day=1), job.contractor_id), []).append(job)  # type: ignore[union-attr, arg-type]
        past = {key: jobs for key, jobs in grouped.items() if key[0] < self.present}
        cases = self._cases("lot", [_at(following(month), self.chance) for month, _firm in past])
        lots = [
            Lot(case=case, workshop=self.plant.workshop, contractor_id=firm, month=month, state="inspected")
            for case, (month, firm) in zip(cases, past, strict=True)
        ]
        self.lots = Lot.objects.bulk_create(lots)
        self.drawn: list[tuple[DrawnJob, Job]] = []
        for lot, jobs in zip(self.lots, past.values(), strict=True):
            self._draw(lot, jobs)
        Lot.objects.bulk_update(
            self.lots,
            [
                "state",
                "sample",
                "ac",
                "frozen_at",
                "frame_digest",
                "decided_at",
                "accepted",
                "nonconforming",
                "aql",
                "inspection",
            ],
        )
        self._rulings()

    def _draw(self, lot: Lot, jobs: list[Job]) -> None:
        """Two tiers: some of the frame with one extra, then one of those once more. The newest lots are undecided."""
        chance, moment = self.chance, lot.case.filed_at
        frame = LotJob.objects.bulk_create([LotJob(lot=lot, job=job, number=job.number) for job in jobs])
        lot.frozen_at, lot.frame_digest, lot.sample, lot.ac = moment, "0" * 64, max(1, len(jobs) // 2), 1
        lot.aql, lot.inspection = "4.0", chance.choice(["normal", "normal", "tightened"])
        chosen = chance.sample(frame, min(len(frame), lot.sample + 1))
        first = Draw.objects.create(lot=lot, tier=1, round=1, seed="0" * 64, size=lot.sample, staff_digest="0" * 64,
                                    drawn_at=moment)  # fmt: skip
        second = Draw.objects.create(lot=lot, tier=2, round=1, seed="0" * 64, size=1, staff_digest="0" * 64,
                                     drawn_at=moment)  # fmt: skip
        made = []
        for place, row in enumerate(chosen):
            why = "drawn" if place < lot.sample else "pointed"
            made.append(self._drawn(first, row, place, why))
        made.append(self._drawn(second, chosen[0], 0, "drawn"))
        DrawnJob.objects.bulk_create(made)
        self.drawn += [(one, one.lot_job.job) for one in made]
        if lot.month < self.all_months[-2]:
            bad = sum(one.result == "nonconforming" for one in made if one.draw == first and one.why == "drawn")
            lot.state, lot.decided_at, lot.nonconforming, lot.accepted = "decided", moment, bad, bad <= lot.ac

    def _drawn(self, draw: Draw, row: LotJob, place: int, why: str) -> DrawnJob:
        result = "nonconforming" if self.chance.random() < 0.2 else "conforming"
        return DrawnJob(draw=draw, lot_job=row, place=place, why=why, result=result, concluded_at=draw.drawn_at)

    def _rulings(self) -> None:
        made = []
        for drawn, job in self.drawn:
            for claim in self.claims[job.pk]:
                verdict = self.chance.choices(["conforming", "nonconforming", "cannot"], [85, 10, 5])[0]
                grave = self.chance.choice(SEVERITIES) if verdict == "nonconforming" else ""
                made.append(Ruling(drawn_job=drawn, claim=claim, verdict=verdict, severity=grave, agreed=True,
                                   ruled_at=drawn.draw.drawn_at))  # fmt: skip
        self.rulings = Ruling.objects.bulk_create(made, batch_size=3000)

    # Findings. ------------------------------------------------------------

    def _findings(self) -> None:
        wrong = [ruling for ruling in self.rulings if ruling.verdict == "nonconforming"]
        seen: set[int] = set()
        wrong = [r for r in wrong if not (r.claim_id in seen or seen.add(r.claim_id))]  # type: ignore[func-returns-value]
        moments = [min(r.ruled_at + timedelta(days=self.chance.randint(0, 20)), now()) for r in wrong]
        fates = [self._fate(moment) for moment in moments]
        cases = self._cases("finding", moments, [fate == "open" for fate in fates])
        made = [self._finding(*row) for row in zip(wrong, moments, fates, cases, strict=True)]
        self.findings = Finding.objects.bulk_create(made, batch_size=2000)
        self._steps([one for one, fate in zip(self.findings, fates, strict=True) if fate == "open"])
        self._replies()

    def _assessments(self) -> None:
        """Four months' checks of the first two firms, the last not published yet; what they found in every state."""
        months, moment = self.all_months[-4:], now()
        cases = iter(self._cases("assessment", [moment] * 8))
        for firm in self.firms[:2]:
            for place, month in enumerate(months):
                told = {"grade": "合格", "effect": "无", "published_at": moment} if place < 3 else {}
                made = Assessment.objects.create(
                    case=next(cases), workshop=self.plant.workshop, unit=firm, month=month, score=80 + place, full=100,
                    scored_at=moment, **told,
                )  # fmt: skip
                for n, finding in enumerate(
                    [None, *(self._of_check() if place == 0 and firm == self.firms[0] else [])]
                ):
                    Shortfall.objects.create(
                        assessment=made, place=n, text="票证不全", due=month, finding=finding,
                        **({"done": "已补", "done_at": moment, "verified_at": moment} if place == 1 else {}),
                    )  # fmt: skip

    def _of_check(self) -> list[Finding]:
        """One that is open, one closed, one withdrawn."""
        fates = (
            {"closed_at": None, "withdrawn_at": None},
            {"closed_at__isnull": False},
            {"withdrawn_at__isnull": False},
        )
        return [Finding.objects.filter(**fate)[0] for fate in fates]

    def _steps(self, still: list[Finding]) -> None:
        """Where those stand that are open: ordered ones are worked at or re-checked, now and then one is held."""
        nodes = [
            self.chance.choice(["rectification"] * 3 + ["recheck"]) if one.rectify_by else "reply" for one in still
        ]
        tasks = Task.objects.bulk_create(
            Task(process=one.case.process, flow_task=node, flow_task_type="HUMAN", status="NEW")
            for one, node in zip(still, nodes, strict=True)
        )
        Step.objects.bulk_create(
            Step(case=one.case, task=task, node=node, place=1, opened_at=one.found_at)
            for one, node, task in zip(still, nodes, tasks, strict=True)
        )
        for one in [one for one, node in zip(still, nodes, strict=True) if node == "rectification"][::5]:
            one.case.state, one.case.held_at = "held", one.found_at
            one.case.save(update_fields=["state", "held_at"])

    def _fate(self, moment: datetime) -> str:
        """Nearly all that is newest is open, little of what is older, and nothing for ever."""
        age = now() - moment
        odds = [20, 10, 70] if age < timedelta(days=60) else [80, 15, 5] if age < timedelta(days=400) else [85, 15, 0]
        return self.chance.choices(["closed", "withdrawn", "open"], odds)[0]

    def _finding(self, ruling: Ruling, moment: datetime, fate: str, case: Case) -> Finding:
        chance, job = self.chance, ruling.drawn_job.lot_job.job
        ordered = chance.random() < 0.8
        by = timezone.localdate(moment) + timedelta(days=chance.randint(5, 20))
        who, five = self.plant.contractor_person, {}
        if ordered:
            five = {"rectifier": who, "answers": who, "rectify_by": by, "standard": "不漏", "measure": "换密封"}
        end = min(moment + timedelta(days=chance.randint(3, 30)), now())
        return Finding(
            case=case, job=job, claim=ruling.claim, drawn_job=ruling.drawn_job, contractor_id=job.contractor_id,
            origin="drawn", verdict="nonconforming", severity=ruling.severity, first_severity=ruling.severity,
            facts="与申报不符", found_at=moment, closed_at=end if fate == "closed" else None,
            withdrawn_at=end if fate == "withdrawn" else None, withdrawn_why="申辩成立" if fate == "withdrawn" else "",
            **five,
        )  # fmt: skip

    def _replies(self) -> None:
        made = []
        for finding in self.findings:
            for _n in range(self.chance.choice([0, 1, 1, 2])):
                made.append(
                    Reply(finding=finding, person=self.plant.contractor_person, words="情况属实", accepts=True,
                          received_at=finding.found_at, in_time=True, upheld=finding.withdrawn_at is not None)
                )  # fmt: skip
        Reply.objects.bulk_create(made, batch_size=3000)

    def _cases(self, kind: str, moments: list[datetime], still: list[bool] | None = None) -> list[Case]:
        """What is over is written as imported history, what is not hangs on a process that nobody walks."""
        still = still or [False] * len(moments)
        processes = iter(
            Process.objects.bulk_create(
                [Process(flow_class=RuleVersion.__module__, status="NEW") for one in still if one]
            )
        )
        made = []
        for moment, is_open in zip(moments, still, strict=True):
            self.cases += 1
            course: dict[str, Any] = (
                {"process": next(processes), "rules": self.rules}
                if is_open
                else {"imported": True, "state": "closed", "closed_at": moment}
            )
            made.append(
                Case(token=UUID(int=self.chance.getrandbits(128)), kind=kind,
                     number=f"{kind.upper()}-{moment:%y%m}-{self.cases:05}", title=f"{kind} {self.cases}",
                     unit=self.plant.workshop, author=self.plant.drafter,
                     content_digest="0" * 64, filed_at=moment, moved_at=moment, **course)
            )  # fmt: skip
        return Case.objects.bulk_create(made, batch_size=2000)


def _at(day: date, chance: random.Random) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, chance.randint(0, 23), chance.randint(0, 59)))
