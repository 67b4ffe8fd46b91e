"""A case's way through its flow as the engine would have written it: tasks, steps, work items, decisions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from viewflow.workflow.models import Process, Task
from viewflow.workflow.status import STATUS

from config.demo.cases import Written
from config.demo.life import Act, Visit, approvals_that_stand
from config.demo.people import Plant
from config.demo.sheet import Sheet, aware
from innovation.proposals.flow import ProposalFlow
from innovation.proposals.models import Proposal
from workflows.engine import deadlines, kinds, recording
from workflows.engine.models import Case, Decision, Step, WorkItem
from workflows.engine.working_hours import PlantCalendar
from workflows.ledger.bulk import Happening
from workflows.organisation.models import Person, Role, Unit

Seats = tuple[str, Unit | None, list[Person]]


class Walker:
    def __init__(self, sheet: Sheet, plant: Plant, calendar: PlantCalendar) -> None:
        self.sheet, self.plant, self.calendar = sheet, plant, calendar
        self.flow = ProposalFlow.instance

    def walk(self, w: Written, case: Case, process: Process, last: Visit) -> None:
        before = self._task(process, "file", w.life.filed, None, owner=None)
        steps: list[Step] = []
        for place, visit in enumerate(w.life.visits, 1):
            for name in visit.via:
                before = self._task(process, name, visit.opened, before)
            seats = self._seats(w, visit)
            first = self._first(w.life.visits[: place - 1], visit, seats)
            before = self._human_task(process, visit, before, seats, first, self._why_here(visit, steps))
            steps.append(self._step(w, case, visit, before, place, seats, steps, first))
        assert last.closed or not w.life.ended
        for name in w.life.ended:
            before = self._task(process, name, last.closed or w.life.filed, before)

    def _task(self, process: Process, name: str, at: datetime, before: Task | None, **fields: Any) -> Task:
        node = self.flow.node(name)
        task = self.sheet.new(
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
            self.sheet.new(Task.previous.through, from_task=task, to_task=before)

    def _seats(self, w: Written, visit: Visit) -> Seats:
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

    def checker(self, w: Written) -> Person:
        visit = w.life.visits[-1]
        return self._seats(w, visit)[2][0]

    def _first(self, earlier: list[Visit], visit: Visit, seats: Seats) -> Person | None:
        """Whose it is at once: a person by name, or who had it before the case came back."""
        role, _unit, people = seats
        if not role:
            return people[0]
        if visit.node != "team_review" or (visit.returned_by is None and visit.resumes is None):
            return None
        hands = [v.acts[-1].who for v in earlier if v.node == visit.node and v.acts]
        return people[hands[-1]] if hands and hands[-1] is not None else None

    def _why_here(self, visit: Visit, steps: list[Step]) -> dict[str, Any]:
        """What the engine tells a step that exists because of a return."""
        returned_by = steps[visit.returned_by].pk if visit.returned_by is not None else None
        if visit.resumes is not None:
            return {"resumes": steps[visit.resumes].pk, "resume_at": visit.resume_at, "returned_by": returned_by}
        return {"returned_by": returned_by, "resume_at": visit.resume_at} if returned_by else {}

    def _human_task(
        self, process: Process, visit: Visit, before: Task, seats: Seats, first: Person | None, why: dict[str, Any]
    ) -> Task:
        role, unit, people = seats
        closed = aware(visit.closed) if visit.closed else None
        by = visit.acts[-1].who if visit.closed else None
        task = self.sheet.new(
            Task,
            process=process,
            flow_task=self.flow.node(visit.node),
            flow_task_type="HUMAN",
            status=STATUS.DONE if closed else STATUS.ASSIGNED if first else STATUS.NEW,
            created=aware(visit.opened),
            started=closed,
            finished=closed,
            owner=people[by] if by is not None else first,
            data=why,
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
        seats: Seats,
        steps: list[Step],
        first: Person | None,
    ) -> Step:
        rule = kinds.get("proposal").step_rule(w.rules.content, visit.node, None)
        due, remind = self._clock(w, case, visit, rule)
        step = self.sheet.new(
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
        deadlines.escalates(step, rule, self.flow.node(visit.node), self.calendar)
        self._items(w, case, visit, step, seats, first)
        return step

    def _clock(self, w: Written, case: Case, visit: Visit, rule: kinds.StepRule) -> tuple[Any, Any]:
        if visit.node == "implementation":
            proposal = self.sheet.rows[Proposal][-1]
            end = datetime.combine(proposal.implementation_due, datetime.max.time().replace(microsecond=0))  # type: ignore[attr-defined]
            return aware(end), aware(end - timedelta(days=3))
        if not rule.deadline_hours:
            return None, None
        due = self.calendar.add(visit.opened, rule.deadline_hours)
        before = rule.remind_hours or rule.deadline_hours / 4
        return aware(due), aware(self.calendar.add(visit.opened, rule.deadline_hours - before))

    def _items(self, w: Written, case: Case, visit: Visit, step: Step, seats: Seats, first: Person | None) -> None:
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
            self._one_item(case, visit, step, people, base, first)
            return
        stands = approvals_that_stand(w.life, visit)
        acts = {act.who: act for act in visit.acts if act.who is not None}
        for index, person in enumerate(people):
            act = acts.get(index)
            state, closed = self._state(act, index in stands, visit, step)
            item = self.sheet.new(
                WorkItem,
                **base,
                person=person,
                state=state,
                closed_at=closed,
                origin="carried" if index in stands else "named",
                claimed_at=closed if act else None,
            )
            if act:
                self.decision(case, step, item, person, act, role)

    def _one_item(
        self, case: Case, visit: Visit, step: Step, people: list[Person], base: dict[str, Any], first: Person | None
    ) -> None:
        act = visit.acts[-1] if visit.closed else None
        by = people[act.who] if act and act.who is not None else None
        claimed = step.opened_at if first and step.role else None
        state = "open" if act is None else "done" if act.who is not None else "cancelled"
        closed = aware(act.at) if act else None
        item = self.sheet.new(
            WorkItem,
            **base,
            person=by or first,
            state=state,
            closed_at=closed,
            origin="pool" if step.role else "named",
            claimed_at=claimed or (closed if by else None),
        )
        if act:
            self.decision(case, step, item if by else None, by, act, step.role)

    def _state(self, act: Act | None, stands: bool, visit: Visit, step: Step) -> tuple[str, datetime | None]:
        if stands:
            return "done", step.opened_at
        if act:
            return "done", aware(act.at)
        return ("cancelled", step.closed_at) if visit.closed else ("open", None)

    def decision(
        self, case: Case, step: Step | None, item: WorkItem | None, actor: Person | None, act: Act, role: str
    ) -> None:
        at = aware(act.at)
        decision = self.sheet.new(
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
        event, facts = f"engine.case.{recording.PAST[act.verb]}", recording.facts_of(decision)
        self.sheet.happenings.append((Happening(recording.subject_of(case), event, facts, at=at), decision))
