"""Opening a step and finding the next one. Called by the nodes, inside the transaction of whoever moved the case."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.db.models import Max

from workflows.engine import deadlines, hands, kinds, recording, seating, telling
from workflows.engine.models import Case, Step, WorkItem
from workflows.engine.models.step import Mode, Outcome
from workflows.ledger.clock import now
from workflows.organisation.models import Person
from workflows.store.gathering import add, key_for
from workflows.store.rows import new

if TYPE_CHECKING:
    from viewflow.workflow.models import Task

    from workflows.engine.nodes.human_step import HumanStep


@dataclass
class Plan:
    """Everything known about a step before its rows are written."""

    case: Case
    node: HumanStep
    rule: kinds.StepRule
    seats: seating.Seats
    returned_by: int | None = None
    resume_at: str = ""
    resumes: Step | None = None
    first: Person | None = None
    passed: bool = False
    parts: list[WorkItem] = field(default_factory=list)  # of who sits here by name, beside the seats

    @property
    def mode(self) -> str:
        return self.node.mode or self.rule.mode

    @property
    def signers(self) -> bool:
        """Is there anybody among the parts who decides for the step itself, not only beside it?"""
        return self.mode != Mode.ONE and any(part.origin != WorkItem.Origin.ADDED for part in self.parts)

    @property
    def permission(self) -> str:
        """Viewflow's name for who may act."""
        unit = self.seats.unit
        return f"engine.{self.seats.role}_{unit.pk}" if self.seats.role and unit else "engine.named"


def plan(case: Case, node: HumanStep, data: dict[str, Any]) -> Plan:
    """Find the people of the step. `data` says whether the case came back here, and where it resumes."""
    assert case.rules is not None
    rule = kinds.kind_of(case).step_rule(case.rules.content, node.name, case)
    resumes = Step.objects.get(pk=data["resumes"]) if data.get("resumes") else None
    seats = find_seats(case, node, rule.role)
    made = Plan(case, node, rule, seats, data.get("returned_by"), data.get("resume_at", ""), resumes)
    claimed_by = _seat_by_hand(made) if resumes is not None else None
    made.passed = not made.seats.people and not made.signers and node._passes_up is not None
    if made.mode == Mode.ONE and made.seats.named:
        made.first = made.seats.people[0] if made.seats.people else None
    elif made.mode == Mode.ONE and (data.get("resumes") or data.get("returned_by")):
        last = seating.last_hand(case, node.name)
        hand = claimed_by or (last.pk if last else None)
        made.first = next((person for person in seats.people if person.pk == hand), None)
    made.parts = [] if made.passed else [part for part in made.parts if part.person != made.first]
    return made


def _seat_by_hand(made: Plan) -> int | None:
    """Who sat in the resumed step by transfer or was added to it sits in it again. Returns who had its pool's task."""
    assert made.resumes is not None
    found, seats = hands.of(made.resumes, made.case, fresh=made.node.is_fresh(made.case)), made.seats
    if made.mode == Mode.ONE and found.main is not None and found.main.person is not None:
        made.seats = seating.Seats(
            unit=seats.unit, role=seats.role, people=[found.main.person], named=True, origin=WorkItem.Origin.GIVEN
        )
    elif made.mode != Mode.ONE:
        seats.people = [person for person in seats.people if person.pk not in found.passed_on]
        found = replace(found, main=None, parts=([found.main] if found.main else []) + found.parts)
    sitting = {person.pk for person in made.seats.people} if made.mode != Mode.ONE or made.seats.named else set()
    made.parts = [part for part in found.parts if part.person_id not in sitting]
    return found.claimed_by


def find_seats(case: Case, node: HumanStep, ruled_role: str = "") -> seating.Seats:
    """The people of a step; where nobody is eligible and the flow has no level above, the person above."""
    if node.people is not None:
        return seating.by_name(node.people(case))
    role, level = node.seat_of(case)
    fresh = node.is_fresh(case)
    if node.at is not None:
        return seating.at_unit(case, node.at(case), ruled_role or role, fresh=fresh)
    seats = seating.by_role(case, ruled_role or role, level, fresh=fresh)
    if not seats.people and node._passes_up is None:
        seats = seating.above(case, seats, fresh=fresh)
        if not seats.people and node.borrow is not None:
            seats = seating.borrowed(case, ruled_role or role, node.borrow(case), seats, fresh=fresh)
    return seats


def open_step(task: Task, made: Plan) -> Step:
    """Write the step with its work items, start its clock and tell whom it waits for."""
    case, moment = made.case, now()
    step = new(
        Step,
        case=case,
        task=task,
        node=made.node.name,
        place=_next_place(case),
        mode=made.mode,
        role=made.seats.role,
        unit=made.seats.unit,
        opened_at=moment,
        returned_by_id=made.returned_by,
        resume_at=made.resume_at,
        resumes=made.resumes,
        chained=bool(made.parts),
    )
    case.last_step = step
    if made.passed:
        step.outcome, step.closed_at = Outcome.PASSED_UP, moment
        _write(step)
        _record_passing(step, made.seats)
        return step
    fixed = made.node.due(case) if made.node.due is not None else None
    deadlines.start(step, made.rule, made.node, fixed)
    if step.mode == Mode.VOTE:
        step.quorum, step.pass_share = str(made.rule.quorum or 1), str(made.rule.pass_share or "1/2")
    _write(step)
    standing: set[int] = set()
    if made.resumes is not None and step.mode == Mode.ALL:
        standing = seating.approvals_that_stand(made.resumes, case.content_digest)
    elif made.resumes is not None and step.mode == Mode.VOTE:
        standing = seating.votes_that_stand(made.resumes)
    step.seated = seating.seat(  # type: ignore[attr-defined]
        step, made.seats, standing=standing, first=made.first, parts=made.parts
    )
    if made.seats.from_above and made.seats.people:
        _record_passing(step, made.seats)
    if made.seats.people or made.parts:
        called = made.seats.people if made.first is None else [made.first]
        telling.waiting(case, step, [*called, *(part.person for part in made.parts if part.person)], standing)
    elif step.mode != Mode.PAUSE:
        telling.unmanned(case, step)
    return step


def _write(step: Step) -> None:
    key_for(step)
    add(step)


def _record_passing(step: Step, seats: seating.Seats) -> None:
    """Nobody was eligible at the step's own level: it is on record to whom it went and who was recused by what."""
    data: dict[str, Any] = {"recused": sorted(seats.recused.values())}
    if seats.people and seats.unit is not None:
        data["to"] = seats.unit.code
    if seats.lent:
        data["lent"] = seats.people[0].employee_no
    recording.record(case=step.case, step=step, item=None, actor=None, verb="pass_up", role=seats.role, data=data)


def _next_place(case: Case) -> int:
    """Safe under the case's lock; the constraint `step_place_once` holds it besides."""
    if case.last_step is not None:
        return case.last_step.place + 1
    return (Step.objects.filter(case=case).aggregate(last=Max("place"))["last"] or 0) + 1


def where_next(node: HumanStep, step: Step) -> tuple[Any, dict[str, Any]]:
    """The node that follows this outcome, and what its step must know.

    A return goes where the returner said. A step that exists because of a return leads back to the returner, if so
    said; that step inherits where the returner itself had to resume.
    """
    target = getattr(step, "target", None)
    if step.outcome == Outcome.CORRECTED and target is not None:
        return node.flow_class.instance.node(target[0]), {}
    if step.outcome == Outcome.RETURNED and target is not None:
        node_name, then = target
        data = {"returned_by": step.pk, "resume_at": node.name if then == "resume" else ""}
        return node.flow_class.instance.node(node_name), data
    if step.outcome == Outcome.TAKEN_BACK:
        earlier = step.retakes  # type: ignore[attr-defined]
        data = {"resumes": earlier.pk, "resume_at": earlier.resume_at, "returned_by": earlier.returned_by_id}
        return node.flow_class.instance.node(earlier.node), data
    if step.outcome in (Outcome.APPROVED, Outcome.DONE) and step.resume_at:
        returning = step.returned_by
        assert returning is not None
        data = {"resumes": returning.pk, "resume_at": returning.resume_at, "returned_by": returning.returned_by_id}
        return node.flow_class.instance.node(step.resume_at), data
    by_outcome = {
        Outcome.REJECTED: node._rejected,
        Outcome.PASSED_UP: node._passes_up,
        Outcome.LAPSED: node._lapsed,
    }
    return by_outcome.get(Outcome(step.outcome), node._next), {}
