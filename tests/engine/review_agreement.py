"""What must hold of engine and model alike after each act, and of the record at the end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, invariant

from tests.engine.matrix.scenes import people_the_plant
from tests.engine.review_around import Model
from tests.engine.review_model import ENDS, Seat
from tests.plant import Plant
from tests.proposal_story import publish_rules
from workflows.engine import queue
from workflows.engine.models import Case, Decision, Step, WorkItem
from workflows.ledger import export, verify
from workflows.ledger.clock import injected
from workflows.organisation.models import Person


class Plan:
    """What does not change from one sequence to the next."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        people_the_plant(plant)
        publish_rules(plant)
        self.people = {p.employee_no: p.pk for p in Person.objects.order_by("employee_no")}


PLAN: list[Plan] = []


class Agreement(RuleBasedStateMachine):
    model: Model
    case: Case
    moment: datetime
    plan: Plan

    def person(self, number: str) -> Person:
        return Person.objects.get(pk=self.plan.people[number])

    def pick(self, n: int, among: list[Any]) -> Any:
        return among[n % len(among)]

    def item(self, seat: Seat) -> WorkItem:
        """The engine's row of a seat: both are written in the same order."""
        place = self.model.visit.seats.index(seat)
        return WorkItem.objects.filter(step__case=self.case, step__closed_at=None).order_by("pk")[place]

    @invariant()
    def the_same_state(self) -> None:
        if self.model is None:
            return
        case, model = Case.objects.get(pk=self.case.pk), self.model
        step = Step.objects.filter(case=case, closed_at=None).first()
        at = f"closed:{case.standing}" if case.state == "closed" else step.node if step else "nowhere"
        assert at == model.at
        assert (case.state == "held") == model.held
        self._sound(case, step)
        if step is None or model.at in ENDS:
            return
        assert (step.mode, step.resume_at) == (model.visit.mode, model.visit.resume_at)
        items = WorkItem.objects.filter(step=step).order_by("pk").values_list("person_id", "state", "origin")
        seats = [(self.plan.people[s.person] if s.person else None, s.state, s.origin) for s in model.visit.seats]
        assert list(items) == seats

    @invariant()
    def the_same_queues(self) -> None:
        if self.model is None or self.model.at in ENDS:
            return
        everybody = list(self.plan.people)
        n = len(self.model.record)
        for number in {self.pick(n, everybody), self.pick(n * 7 + 3, everybody), *self._busy()[:2]}:
            person = self.person(number)
            with injected(self.moment):
                for mine, theirs in (
                    (queue.waiting_for(person), self.model.waiting_for(number)),
                    (queue.standing_in(person), self.model.standing_in(number)),
                ):
                    found = set(mine.filter(case=self.case).values_list("pk", flat=True))
                    assert found == {self.item(s).pk for s in theirs}, f"the queue of {number} at {self.model.at}"

    def _busy(self) -> list[str]:
        return sorted({*self.model.away.values(), *(s.person for s in self.model.visit.seats if s.person)})

    def _sound(self, case: Case, step: Step | None) -> None:
        assert Step.objects.filter(case=case, closed_at=None).count() == (0 if case.state == "closed" else 1)
        assert not WorkItem.objects.filter(case=case, closed_at=None).exclude(step=step).exists()
        running = case.process.task_set.filter(finished=None).values_list("pk", flat=True)  # type: ignore[union-attr]
        assert list(running) == ([step.task_id] if step else [])

    def ledger_verifies(self) -> None:
        """The exported chain holds by the offline program, and each decision is one entry of it."""
        subject = f"case:{self.case.pk}"
        exported = export.build([subject], readable=lambda entry: True)
        (chain,) = exported["chains"]
        assert verify.check_chain(chain) is None
        decided = Decision.objects.filter(case=self.case).order_by("pk").values_list("ledger_seq", "ledger_digest")
        assert [(e["seq"], e["digest"]) for e in chain["entries"]] == list(decided)
        opinions = Decision.objects.filter(case=self.case, verb__in=("approve", "reject", "abstain", "return"))
        authors = self.case.parties.values("person")  # type: ignore[attr-defined]
        assert not opinions.filter(actor__in=authors).exists()
        again = [(d.item_id, d.actor_id) for d in opinions]
        taken = Decision.objects.filter(case=self.case, verb="take_back").count()
        assert len(again) - len(set(again)) <= taken, "somebody has decided the same part twice"
