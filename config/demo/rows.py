"""From invented lives to the rows that the engine would have written, set by set."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from viewflow.workflow.models import Process
from viewflow.workflow.status import PROCESS

from config.demo import latest
from config.demo.cases import Written
from config.demo.life import Act
from config.demo.people import Plant
from config.demo.sheet import Sheet, aware
from config.demo.walk import Walker
from innovation.proposals import canonical, effect
from innovation.proposals.flow import ProposalFlow
from innovation.proposals.models import Authorship, ForecastLine, Problem, Proposal
from innovation.proposals.models.counter import Counter
from workflows.engine import bigrams
from workflows.engine.models import Case, CaseParty, Numbering
from workflows.engine.working_hours import PlantCalendar

STANDING = {"filed": ""}
RECENT, BESIDES = 20, (54, 31, 15)


class Typesetter:
    """Sets cases into rows and writes them in batches; primary keys are counted here, the database being empty."""

    def __init__(self, chance: random.Random, plant: Plant, calendar: PlantCalendar) -> None:
        self.chance, self.plant, self.calendar = chance, plant, calendar
        self.sheet = Sheet()
        self.walker = Walker(self.sheet, plant, calendar)
        self.numbers: dict[str, int] = defaultdict(int)
        self.problems: dict[tuple[str, int], Problem] = {}
        self.raised: dict[str, list[Problem]] = defaultdict(list)  # by section, as they came

    def write(self, cases: Iterable[Written], *, batch: int, progress: Callable[[int], None]) -> None:
        for number, written in enumerate(cases, 1):
            self._case(written)
            if number % batch == 0:
                self.sheet.flush()
                progress(number)
        self.sheet.flush()
        self._counters()

    def _case(self, w: Written) -> None:
        filed, last = aware(w.life.filed), w.life.visits[-1]
        process = self.sheet.new(
            Process,
            flow_class=ProposalFlow,
            created=filed,
            data=self._process_data(w),
            status=PROCESS.DONE if w.life.closed else PROCESS.NEW,
            finished=aware(w.life.closed) if w.life.closed else None,
        )
        problem = self._problem(w)
        moved = max((act.at for visit in w.life.visits for act in visit.acts), default=w.life.filed)
        token = UUID(int=self.chance.getrandbits(128), version=4)
        case = self.sheet.new(
            Case,
            token=token,
            number=self._number(w.life.filed),
            kind="proposal",
            title=w.title,
            unit=w.unit,
            author=w.authors[0],
            rules=w.rules,
            process=process,
            state=Case.State.CLOSED if w.life.closed else Case.State.OPEN,
            standing=STANDING.get(w.life.status, w.life.status),
            shared_under=self.plant.workshop if w.life.accepted_level else None,
            content_digest=self._digest(w, problem, token),
            filed_at=filed,
            moved_at=aware(moved),
            closed_at=aware(w.life.closed) if w.life.closed else None,
            search=bigrams.bigrams(f"{w.title} {w.idea.problem} {w.idea.method} {w.equipment}"),
        )
        for place, person in enumerate(w.authors, 1):
            self.sheet.new(CaseParty, case=case, person=person, relation="author" if place == 1 else "co_author")
        if w.life.planned_on:
            self.sheet.new(CaseParty, case=case, person=w.authors[0], relation="implementer")
        self._proposal(w, case, problem)
        self.walker.decision(case, None, None, w.authors[0], Act(0, "file", w.life.filed), "")
        self.walker.walk(w, case, process, last)

    def _process_data(self, w: Written) -> dict[str, str]:
        """What the flow's own conditions read: at which level it was rejected."""
        rejected = [visit.node for visit in w.life.visits if visit.outcome == "rejected"]
        return {"rejected_at": rejected[-1]} if rejected else {}

    def _number(self, filed: datetime) -> str:
        stem = f"TA-{filed:%y%m}"
        self.numbers[stem] += 1
        return f"{stem}-{self.numbers[stem]:04d}"

    def _problem(self, w: Written) -> Problem:
        """Several ideas lean on one problem of a section; what comes back after a year is raised anew."""
        key = (f"{w.idea.section} {w.idea.problem}", (w.life.filed.year * 12 + w.life.filed.month) // 12)
        if key not in self.problems:
            raised = w.life.filed - timedelta(days=self.chance.randint(1, 40))
            pk = next(self.sheet.ids[Problem])
            self.problems[key] = Problem(
                pk=pk,
                number=f"NT-{pk:04d}",
                title=w.idea.problem,
                description=w.idea.present,
                unit=w.unit,
                raised_by=w.authors[-1],
                raised_at=aware(raised),
            )
            self.sheet.rows[Problem].append(self.problems[key])
            self.raised[w.idea.section].append(self.problems[key])
        return self.problems[key]

    def _besides(self, w: Written, problem: Problem) -> list[Problem]:
        """What its implementation was found to solve, too: some solve one or two of the section's latest."""
        latest_ones = [one for one in self.raised[w.idea.section][-RECENT:] if one is not problem]
        count = min(len(latest_ones), self.chance.choices((0, 1, 2), BESIDES)[0])
        return sorted(self.chance.sample(latest_ones, count), key=lambda one: one.number)

    def _digest(self, w: Written, problem: Problem, token: UUID) -> str:
        return canonical.digest(
            title=w.title,
            category=w.idea.category,
            problem=problem.number,
            present_state=w.idea.present,
            method=w.idea.method,
            equipment=w.equipment,
            cost=w.cost,
            lines=[(w.idea.saved, "saving", w.quantity, w.unit_value)],
            authors=[(p.employee_no, s) for p, s in zip(w.authors, w.shares, strict=True)],
            documents=latest.photos_of(token).values() if w.photographed else (),
        )

    def _proposal(self, w: Written, case: Case, problem: Problem) -> None:
        fields: dict[str, Any] = {}
        if w.life.planned_on:
            fields |= {
                "implementer": w.authors[0],
                "implementation_due": (w.life.planned_on + timedelta(days=self.chance.randint(14, 60))).date(),
            }
        if w.life.implemented:
            fields |= {"implemented_at": aware(w.life.implemented), "evidence": self._done(w, "implementation").reason}
        if w.life.reported:
            fields |= self._effect(w)
        besides = self._besides(w, problem) if w.life.implemented else []
        self._say_what_was_done(w, fields, besides)
        proposal = self.sheet.new(
            Proposal,
            case=case,
            category=w.idea.category,
            problem=problem,
            present_state=w.idea.present,
            method=w.idea.method,
            equipment=w.equipment,
            cost=w.cost,
            forecast_benefit=w.benefit,
            status=w.life.status,
            accepted_level=w.life.accepted_level,
            **fields,
        )
        for other in besides:
            self.sheet.new(Proposal.also_solves.through, proposal=proposal, problem=other)
        for place, (person, share) in enumerate(zip(w.authors, w.shares, strict=True), 1):
            self.sheet.new(Authorship, proposal=proposal, person=person, place=place, share=share)
        self.sheet.new(
            ForecastLine,
            proposal=proposal,
            place=1,
            label=w.idea.saved,
            kind="saving",
            quantity=w.quantity,
            unit_value=w.unit_value,
            amount=w.benefit,
        )

    def _done(self, w: Written, node: str) -> Act:
        """The work done at a step that the life has been through."""
        return next(visit.acts[-1] for visit in w.life.visits if visit.node == node)

    def _say_what_was_done(self, w: Written, fields: dict[str, Any], besides: list[Problem]) -> None:
        """The decisions of the steps of work name what they brought, as the steps' forms do."""
        if w.life.planned_on:
            owner, due = fields["implementer"].employee_no, fields["implementation_due"].isoformat()
            self._done(w, "arrangement").data.update(implementer=owner, due=due)
        if w.life.implemented:
            numbers = [problem.number for problem in besides]
            self._done(w, "implementation").data.update(documents=[], also_solves=numbers)
        if w.life.reported:
            sums = {name: str(fields[name]) for name in ("saving", "added_cost", "investment")}
            self._done(w, "effect_report").data.update(sums)

    def _effect(self, w: Written) -> dict[str, Any]:
        """What the chief confirms stays below finance's threshold."""
        most = 115 if w.setting.needs_finance else 100
        saving = (w.benefit * Decimal(self.chance.randint(45, most)) / 100).quantize(Decimal("0.01"))
        added = (saving * Decimal(self.chance.randint(0, 12)) / 100).quantize(Decimal("0.01"))
        found: dict[str, Any] = {"saving": saving, "added_cost": added, "investment": w.cost}
        if w.life.verified:
            net = effect.net_annual_benefit(saving, added, w.cost, 3)
            at = aware(w.life.verified)
            found |= {
                "verified_benefit": net,
                "verified_at": at,
                "verified_by": self.walker.checker(w),
                "reverify_on": effect.months_later(effect.plant_day(at), 12),
            }
        return found

    def _counters(self) -> None:
        """The next number and the next key come after the last one written."""
        Numbering.objects.bulk_create(Numbering(stem=stem, last=last) for stem, last in self.numbers.items())
        Counter.objects.create(name="problem", last=len(self.problems))
        self.sheet.set_sequences()
