"""From invented lives to the rows that the engine would have written, set by set."""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.management.color import no_style
from django.db import connection, models
from django.utils import timezone
from viewflow.workflow.models import Process, Task
from viewflow.workflow.status import PROCESS, STATUS

from config.demo.cases import Written
from config.demo.life import Act, Visit
from config.demo.people import Plant
from innovation.proposals import canonical, effect
from innovation.proposals.flow import ProposalFlow
from innovation.proposals.models import Authorship, ForecastLine, Problem, Proposal
from innovation.proposals.models.counter import Counter
from workflows.engine import kinds, recording
from workflows.engine.models import Case, CaseParty, Decision, Numbering, Step, WorkItem
from workflows.engine.opening import vector
from workflows.engine.working_hours import PlantCalendar
from workflows.ledger.bulk import Happening, append_many
from workflows.organisation.models import Person, Role, Unit

ORDER: tuple[type[models.Model], ...] = (
    Process,
    Task,
    Task.previous.through,
    Problem,
    Case,
    CaseParty,
    Proposal,
    Authorship,
    ForecastLine,
    Step,
    WorkItem,
    Decision,
)
STANDING = {"filed": ""}


def aware(moment: datetime) -> datetime:
    return timezone.make_aware(moment)


class Typesetter:
    """Sets cases into rows and writes them in batches; primary keys are counted here, the database being empty."""

    def __init__(self, chance: random.Random, plant: Plant, calendar: PlantCalendar) -> None:
        self.chance, self.plant, self.calendar = chance, plant, calendar
        self.rows: dict[type[models.Model], list[models.Model]] = defaultdict(list)
        self.ids: dict[type[models.Model], itertools.count[int]] = defaultdict(lambda: itertools.count(1))
        self.numbers: dict[str, int] = defaultdict(int)
        self.problems: dict[tuple[str, int], Problem] = {}
        self.happenings: list[tuple[Happening, Decision]] = []
        self.flow = ProposalFlow.instance

    def write(self, cases: Iterable[Written], *, batch: int, progress: Callable[[int], None]) -> None:
        for number, written in enumerate(cases, 1):
            self._case(written)
            if number % batch == 0:
                self._flush()
                progress(number)
        self._flush()
        self._counters()

    def _new(self, model: type[models.Model], **fields: Any) -> Any:
        row = model(pk=next(self.ids[model]), **fields)
        self.rows[model].append(row)
        return row

    # One case --------------------------------------------------------------------------------------------------------

    def _case(self, w: Written) -> None:
        filed, last = aware(w.life.filed), w.life.visits[-1]
        process = self._new(
            Process,
            flow_class=ProposalFlow,
            created=filed,
            data={},
            status=PROCESS.DONE if w.life.closed else PROCESS.NEW,
            finished=aware(w.life.closed) if w.life.closed else None,
        )
        problem = self._problem(w)
        moved = max((act.at for visit in w.life.visits for act in visit.acts), default=w.life.filed)
        case = self._new(
            Case,
            token=UUID(int=self.chance.getrandbits(128), version=4),
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
            content_digest=self._digest(w, problem),
            filed_at=filed,
            moved_at=aware(moved),
            closed_at=aware(w.life.closed) if w.life.closed else None,
            search=vector(f"{w.title} {w.idea.problem} {w.idea.method} {w.equipment}"),
        )
        for place, person in enumerate(w.authors, 1):
            self._new(CaseParty, case=case, person=person, relation="author" if place == 1 else "co_author")
        self._proposal(w, case, problem)
        self._decision(case, None, None, w.authors[0], Act(0, "file", w.life.filed), "")
        self._walk(w, case, process, last)

    def _number(self, filed: datetime) -> str:
        stem = f"TA-{filed:%y%m}"
        self.numbers[stem] += 1
        return f"{stem}-{self.numbers[stem]:04d}"

    def _problem(self, w: Written) -> Problem:
        """Most cases solve a problem of their own time; some share one."""
        key = (w.idea.problem, w.life.filed.year * 4 + w.life.filed.month // 4)
        if key not in self.problems:
            raised = w.life.filed - timedelta(days=self.chance.randint(1, 40))
            pk = next(self.ids[Problem])
            self.problems[key] = Problem(
                pk=pk,
                number=f"NT-{pk:04d}",
                title=w.idea.problem,
                description=w.idea.present,
                unit=w.unit,
                raised_by=w.authors[-1],
                raised_at=aware(raised),
            )
            self.rows[Problem].append(self.problems[key])
        problem = self.problems[key]
        if w.life.status == "verified":
            problem.state = Problem.State.SOLVED
        return problem

    def _digest(self, w: Written, problem: Problem) -> str:
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
        )

    def _proposal(self, w: Written, case: Case, problem: Problem) -> None:
        fields: dict[str, Any] = {}
        if w.life.planned_on:
            fields |= {
                "implementer": w.authors[0],
                "implementation_due": (w.life.planned_on + timedelta(days=self.chance.randint(14, 60))).date(),
            }
        if w.life.implemented:
            fields |= {"implemented_at": aware(w.life.implemented), "evidence": w.life.visits[-1].node and "已完成。"}
        if w.life.reported:
            fields |= self._effect(w)
        proposal = self._new(
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
        for place, (person, share) in enumerate(zip(w.authors, w.shares, strict=True), 1):
            self._new(Authorship, proposal=proposal, person=person, place=place, share=share)
        self._new(
            ForecastLine,
            proposal=proposal,
            place=1,
            label=w.idea.saved,
            kind="saving",
            quantity=w.quantity,
            unit_value=w.unit_value,
            amount=w.benefit,
        )

    def _effect(self, w: Written) -> dict[str, Any]:
        saving = (w.benefit * Decimal(self.chance.randint(45, 115)) / 100).quantize(Decimal("0.01"))
        added = (saving * Decimal(self.chance.randint(0, 12)) / 100).quantize(Decimal("0.01"))
        found: dict[str, Any] = {"saving": saving, "added_cost": added, "investment": w.cost}
        if w.life.verified:
            net = effect.net_annual_benefit(saving, added, w.cost, 3)
            at = aware(w.life.verified)
            found |= {
                "verified_benefit": net,
                "verified_at": at,
                "verified_by": self._checker(w),
                "reverify_on": effect.months_later(effect.plant_day(at), 12),
            }
        return found

    # Its way through the flow --------------------------------------------------------------------------------------

    def _walk(self, w: Written, case: Case, process: Process, last: Visit) -> None:
        before = self._task(process, "file", w.life.filed, None, owner=None)
        steps: list[Step] = []
        for place, visit in enumerate(w.life.visits, 1):
            for name in visit.via:
                before = self._task(process, name, visit.opened, before)
            seats = self._seats(w, visit)
            before = self._human_task(process, visit, before, seats)
            steps.append(self._step(w, case, visit, before, place, seats, steps))
        assert last.closed or not w.life.ended
        for name in w.life.ended:
            before = self._task(process, name, last.closed or w.life.filed, before)

    def _task(self, process: Process, name: str, at: datetime, before: Task | None, **fields: Any) -> Task:
        node = self.flow.node(name)
        task = self._new(
            Task,
            process=process,
            flow_task=node,
            flow_task_type=node.task_type,
            status=STATUS.DONE,
            created=aware(at),
            started=aware(at),
            finished=aware(at),
            **fields,
        )
        self._follow(task, before)
        return task

    def _follow(self, task: Task, before: Task | None) -> None:
        if before is not None:
            self._new(Task.previous.through, from_task=task, to_task=before)

    def _seats(self, w: Written, visit: Visit) -> tuple[str, Unit | None, list[Person]]:
        """Role, unit and people of a visit, as the engine would find them."""
        section = w.unit if w.unit.kind == "section" else w.unit.parent
        assert section is not None
        by_node: dict[str, tuple[str, Unit]] = {
            "team_review": (Role.TEAM_LEADER, w.unit),
            "section_review": (Role.SECTION_CHIEF, section),
            "workshop_review": (Role.WORKSHOP_REVIEWER, self.plant.workshop),
            "arrangement": (Role.SECTION_CHIEF, section),
            "chief_check": (Role.SECTION_CHIEF, section),
            "finance_check": (Role.FINANCE_VERIFIER, self.plant.workshop),
        }
        if visit.node not in by_node:
            return "", None, [w.authors[0]]
        role, unit = by_node[visit.node]
        return role, unit, self.plant.holder(role, unit)

    def _checker(self, w: Written) -> Person:
        visit = w.life.visits[-1]
        return self._seats(w, visit)[2][0]

    def _human_task(
        self, process: Process, visit: Visit, before: Task, seats: tuple[str, Unit | None, list[Person]]
    ) -> Task:
        role, unit, people = seats
        closed = aware(visit.closed) if visit.closed else None
        by = visit.acts[-1].who if visit.closed else None
        held = not role or bool(visit.closed and by is not None)
        task = self._new(
            Task,
            process=process,
            flow_task=self.flow.node(visit.node),
            flow_task_type="HUMAN",
            status=STATUS.DONE if closed else STATUS.NEW if role else STATUS.ASSIGNED,
            created=aware(visit.opened),
            started=closed,
            finished=closed,
            owner=people[by or 0] if held else None,
            owner_permission=f"engine.{role}_{unit.pk}" if role and unit else "engine.named",
        )
        self._follow(task, before)
        return task

    def _step(
        self,
        w: Written,
        case: Case,
        visit: Visit,
        task: Task,
        place: int,
        seats: tuple[str, Unit | None, list[Person]],
        steps: list[Step],
    ) -> Step:
        rule = kinds.get("proposal").step_rule(w.rules.content, visit.node)
        due, remind = self._clock(w, case, visit, rule)
        step = self._new(
            Step,
            case=case,
            task=task,
            node=visit.node,
            place=place,
            mode=rule.mode,
            role=seats[0],
            unit=seats[1],
            outcome=visit.outcome,
            opened_at=aware(visit.opened),
            due_at=due,
            remind_at=remind,
            closed_at=aware(visit.closed) if visit.closed else None,
            quorum=str(rule.quorum or ""),
            pass_share=str(rule.pass_share or ""),
            resume_at=visit.resume_at,
            returned_by=steps[visit.returned_by] if visit.returned_by is not None else None,
            resumes=steps[visit.resumes] if visit.resumes is not None else None,
        )
        self._items(w, case, visit, step, seats)
        return step

    def _clock(self, w: Written, case: Case, visit: Visit, rule: kinds.StepRule) -> tuple[Any, Any]:
        if visit.node == "implementation":
            proposal = self.rows[Proposal][-1]
            end = datetime.combine(proposal.implementation_due, datetime.max.time().replace(microsecond=0))  # type: ignore[attr-defined]
            return aware(end), aware(end - timedelta(days=3))
        if not rule.deadline_hours:
            return None, None
        due = self.calendar.add(visit.opened, rule.deadline_hours)
        before = rule.remind_hours or rule.deadline_hours / 4
        return aware(due), aware(self.calendar.add(visit.opened, rule.deadline_hours - before))

    def _items(
        self, w: Written, case: Case, visit: Visit, step: Step, seats: tuple[str, Unit | None, list[Person]]
    ) -> None:
        role, unit, people = seats
        base = {
            "case": case,
            "step": step,
            "opened_at": step.opened_at,
            "due_at": step.due_at,
            "role": role,
            "unit": unit,
        }
        if step.mode == "one":
            self._one_item(case, visit, step, people, base)
            return
        stands = self._standing(w, visit)
        acts = {act.who: act for act in visit.acts if act.who is not None}
        for index, person in enumerate(people):
            act = acts.get(index)
            state, closed = self._state(act, index in stands, visit, step)
            item = self._new(
                WorkItem,
                **base,
                person=person,
                state=state,
                closed_at=closed,
                origin="carried" if index in stands else "named",
                claimed_at=closed if act else None,
            )
            if act:
                self._decision(case, step, item, person, act, role)

    def _one_item(self, case: Case, visit: Visit, step: Step, people: list[Person], base: dict[str, Any]) -> None:
        act = visit.acts[-1] if visit.closed else None
        person = people[act.who or 0] if act and act.who is not None else people[0] if not step.role else None
        state = "open" if act is None else "done" if act.who is not None else "cancelled"
        closed = aware(act.at) if act else None
        item = self._new(
            WorkItem,
            **base,
            person=person,
            state=state,
            closed_at=closed,
            origin="pool" if step.role else "named",
            claimed_at=closed or step.opened_at if person else None,
        )
        if act:
            by = people[act.who] if act.who is not None else None
            self._decision(case, step, item if by else None, by, act, step.role)

    def _standing(self, w: Written, visit: Visit) -> set[int]:
        if visit.resumes is None or visit.node != "section_review":
            return set()
        return {a.who for a in w.life.visits[visit.resumes].acts if a.verb == "approve" and a.who is not None}

    def _state(self, act: Act | None, stands: bool, visit: Visit, step: Step) -> tuple[str, datetime | None]:
        if stands:
            return "done", step.opened_at
        if act:
            return "done", aware(act.at)
        return ("cancelled", step.closed_at) if visit.closed else ("open", None)

    def _decision(
        self, case: Case, step: Step | None, item: WorkItem | None, actor: Person | None, act: Act, role: str
    ) -> None:
        at = aware(act.at)
        decision = self._new(
            Decision,
            case=case,
            step=step,
            item=item,
            actor=actor,
            role=role,
            verb=act.verb,
            reason=act.reason,
            data=act.data,
            content_digest=case.content_digest,
            decided_at=at,
            ledger_seq=0,
            ledger_digest="",
        )
        payload = recording.payload(
            case=case, step=step, actor=actor, verb=act.verb, reason=act.reason, role=role, data=act.data
        )
        event = f"engine.case.{recording.PAST[act.verb]}"
        self.happenings.append((Happening(recording.subject_of(case), event, payload, at=at), decision))

    # Writing --------------------------------------------------------------------------------------------------------

    def _flush(self) -> None:
        self.happenings.sort(key=lambda pair: pair[0].at or datetime.min)
        stamps = append_many([happening for happening, _ in self.happenings])
        for stamp, (_, decision) in zip(stamps, self.happenings, strict=True):
            decision.ledger_seq, decision.ledger_digest = stamp.seq, stamp.digest
        for model in ORDER:
            model._default_manager.bulk_create(self.rows[model], batch_size=1000)
        self.rows.clear()
        self.happenings.clear()

    def _counters(self) -> None:
        """The next number and the next key come after the last one written."""
        Numbering.objects.bulk_create(Numbering(stem=stem, last=last) for stem, last in self.numbers.items())
        Counter.objects.create(name="problem", last=len(self.problems))
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), list(ORDER)):
                cursor.execute(statement)
