"""Three years of proposals, rounds and awards as rows, beside the years of maintenance."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from viewflow.workflow.models import Process, Task

from innovation.awards.models import AwardRound, Candidate, Share
from innovation.proposals.models import Authorship, Problem, Proposal
from tests.measures.years import Years
from workflows.engine.models import Case, Step, WorkItem
from workflows.ledger.clock import now
from workflows.organisation.models import Person, Unit

COURSE = (
    ("team_review", "approved"), ("section_review", "approved"), ("workshop_review", "approved"),
    ("arrangement", "done"), ("implementation", "done"), ("effect_report", "done"), ("finance_check", "approved"),
)  # fmt: skip
STATUSES = {"arrangement": "accepted", "implementation": "implementing", "effect_report": "implemented"}


@dataclass
class Ideas:
    """So many a month go their way by chance: some are never accepted, some came by import, some steps never were."""

    years: Years
    a_month: int = 3
    seed: int = 11
    proposals: list[Proposal] = field(default_factory=list)

    def write(self) -> Ideas:
        self.plant, self.chance = self.years.plant, random.Random(self.seed)
        self.number = 0
        self.steps: list[tuple[Step, Person | None]] = []
        self._problems()
        for month in self.years.all_months:
            for _n in range(0 if month == self.years.all_months[2] else self.a_month):
                self._one(month)
        self._write_steps()
        self._rounds()
        return self

    def _problems(self) -> None:
        said = {"unit": self.plant.section, "raised_by": self.plant.teammate, "raised_at": now()}
        rows = [Problem(number=f"NT-{9000 + n}", title=f"难题{n}", **said) for n in range(20)]
        self.problems = Problem.objects.bulk_create(rows)

    def _one(self, month: date) -> None:
        chance, plant = self.chance, self.plant
        unit = chance.choice([plant.team, plant.other_team, plant.acid_team, plant.section, plant.workshop])
        author = chance.choice([plant.author, plant.teammate, plant.stranger, plant.section_member])
        moment = min(_at(month, chance), now() - timedelta(hours=1))
        imported = chance.random() < 0.1
        case = self._case("proposal", unit, moment, imported=imported)
        case.author = author
        reached = self._walk(case, unit, moment) if not imported else chance.choice(["", "finance_check"])
        self.proposals.append(self._proposal(case, reached))

    def _case(self, kind: str, unit: Unit, moment: datetime, *, imported: bool = False) -> Case:
        self.number += 1
        process = None if imported else Process.objects.create(flow_class=kind, status="NEW")
        ended = {"state": "closed", "closed_at": moment} if imported else {"rules": self.years.rules}
        return Case.objects.create(
            token=UUID(int=self.chance.getrandbits(128)), kind=kind, number=f"TA-{moment:%y%m}-{self.number:04}",
            title=f"提案{self.number}", unit=unit, author=self.plant.author, process=process, imported=imported,
            content_digest="0" * 64, filed_at=moment, moved_at=moment, **ended,
        )  # fmt: skip

    def _walk(self, case: Case, unit: Unit, moment: datetime) -> str:
        """As far as chance has it. Returns the last node that was really ended; now and then one is taken back."""
        plant, chance, place, reached = self.plant, self.chance, 0, ""
        at = {"team_review": unit if unit.kind == "team" else None, "section_review": plant.section,
              "workshop_review": plant.workshop, "finance_check": plant.workshop}  # fmt: skip
        stops = chance.randint(1, len(COURSE) + 2)
        for node, outcome in COURSE[:stops]:
            over = moment + timedelta(hours=chance.randint(1, 900))
            if node == "team_review" and unit.kind != "team":
                outcome = "passed_up"
            elif chance.random() < 0.12:
                place += 1
                self._step(case, place, node, at.get(node), moment, min(over, now()), "taken_back")
                moment, over = over, over + timedelta(hours=5)
            if over > now():
                self._step(case, place + 1, node, at.get(node), min(moment, now()), None, "")
                break
            place += 1
            self._step(case, place, node, at.get(node), moment, over, outcome)
            moment, reached = over, node
        case.moved_at = min(moment, now())
        case.save(update_fields=["moved_at", "author"])
        return reached

    def _step(
        self, case: Case, place: int, node: str, unit: Unit | None, since: datetime, until: datetime | None, how: str
    ) -> None:
        due = since + timedelta(hours=self.chance.choice([24, 72, 400])) if self.chance.random() < 0.9 else None
        step = Step(case=case, node=node, place=place, unit=unit, outcome=how,
                    opened_at=since, due_at=due, closed_at=until)  # fmt: skip
        hands = [*self.plant.reviewers, *self.plant.section_chiefs] if unit else [self.plant.author]
        self.steps.append((step, self.chance.choice(hands) if until else None))

    def _write_steps(self) -> None:
        steps = [step for step, _who in self.steps]
        tasks = [Task(process=one.case.process, flow_task=one.node, flow_task_type="HUMAN", status="DONE")
                 for one in steps]  # fmt: skip
        for step, task in zip(steps, Task.objects.bulk_create(tasks), strict=True):
            step.task = task
        Step.objects.bulk_create(steps)
        WorkItem.objects.bulk_create(
            WorkItem(step=step, case=step.case, person=who, state="done", opened_at=step.opened_at,
                     closed_at=step.closed_at)
            for step, who in self.steps if who is not None
        )  # fmt: skip

    def _proposal(self, case: Case, reached: str) -> Proposal:
        chance = self.chance
        known: dict[str, Any] = {}
        status = STATUSES.get(reached, "filed")
        if reached == "finance_check":
            net = Decimal(chance.randint(-200_000, 9_000_000)) / 100
            day = timezone.localdate(case.moved_at)
            known = {"verified_at": case.moved_at, "verified_benefit": net, "reverify_on": day, "saving": abs(net),
                     "added_cost": Decimal(0), "investment": Decimal(0)}  # fmt: skip
            status = "verified"
        if status in ("implemented", "verified"):
            known |= {"implemented_at": case.moved_at}
        if status == "implementing":
            known |= {"implementer": self.plant.author, "implementation_due": timezone.localdate(case.moved_at)}
        made = Proposal.objects.create(
            case=case, category="technology", present_state="漏", method="换", status=status,
            accepted_level="" if status == "filed" else "section",
            problem=chance.choice([None, *self.problems]),
            forecast_benefit=Decimal(chance.randint(0, 9_000_000)) / 100, **known,
        )  # fmt: skip
        made.also_solves.set(chance.sample(self.problems, chance.choice([0, 0, 0, 2])))
        together = chance.sample(
            [self.plant.coauthor, self.plant.teammate, self.plant.other_leader], chance.randint(0, 2)
        )
        people = dict.fromkeys([case.author, *together])
        Authorship.objects.bulk_create(
            Authorship(proposal=made, person=one, place=n, share=1) for n, one in enumerate(people, 1)
        )
        return made

    def _rounds(self) -> None:
        """A round a month, the newest not published; candidates are out, ungraded, waiting, void or awarded."""
        waiting = [one for one in self.proposals if one.implemented_at and not one.case.imported]
        for month in self.years.all_months[3:-1]:
            opened = self._round(month, published=month < self.years.all_months[-2])
            for _n in range(min(3, len(waiting))):
                self._candidate(opened, waiting.pop(0))

    def _round(self, month: date, *, published: bool) -> AwardRound:
        moment = _at(month, self.chance)
        told: dict[str, Any] = {}
        if published:
            told = {"marks_opened_at": moment, "announced_at": moment, "publicity_until": moment,
                    "confirmed_at": moment, "published_at": moment, "total": Decimal(0)}  # fmt: skip
        case = self._case("award", self.plant.workshop, moment)
        case.shared_under = self.plant.workshop
        case.save(update_fields=["shared_under"])
        return AwardRound.objects.create(case=case, workshop=self.plant.workshop, month=month, cut_off=moment, **told)

    def _candidate(self, opened: AwardRound, proposal: Proposal) -> None:
        fate = self.chance.choice(["awarded", "awarded", "awarded", "out", "none", "waits", "void"])
        amount = Decimal(self.chance.randint(1, 200_000)) / 100
        fields: dict[str, Any] = {"grade": "二等奖", "score": "80", "rank": 1, "amount": amount, "unscaled": amount}
        fields = fields if fate not in ("out", "none") else {}
        more: dict[str, dict[str, Any]] = {
            "out": {"out": "later"}, "waits": {"waits": True}, "void": {"void_at": now(), "void_reason": "异议成立"},
        }  # fmt: skip
        made = Candidate.objects.create(
            round=opened, proposal=proposal, level="section", filed_at=proposal.case.filed_at, **fields,
            **more.get(fate, {}),
        )  # fmt: skip
        people = list(proposal.authorships.all())
        if fields:
            rows = [Share(candidate=made, person=one.person, place=one.place, parts=1, amount=amount / len(people))
                    for one in people]  # fmt: skip
            Share.objects.bulk_create(rows)


def _at(month: date, chance: random.Random) -> datetime:
    day = month + timedelta(days=chance.randrange(28))
    return timezone.make_aware(datetime.combine(day, time(chance.randint(0, 23), chance.randint(0, 59))))
