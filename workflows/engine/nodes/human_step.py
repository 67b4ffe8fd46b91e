"""The one human node of our flows: people found by role or by name, who sign in one of four modes.

Viewflow sees one task a visit. Its edges are declared for the picture and for BPMN; which of them is taken is told by
the step's outcome, so returning to any earlier step is an ordinary move and no token ever grows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.timezone import now as viewflow_now
from viewflow import this
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Edge
from viewflow.workflow.nodes.view import View, ViewActivation
from viewflow.workflow.status import STATUS

from workflows.engine import stepping
from workflows.engine.independence import Fresh
from workflows.engine.models import Step
from workflows.engine.models.step import Mode, Outcome
from workflows.engine.nodes.written import begin, finish


class HumanStepActivation(ViewActivation):
    """One visit. `step` is our row beside Viewflow's task."""

    step: Step | None = None

    @classmethod
    def create(cls, flow_task, prev_activation, token, data=None, seed=None):  # type: ignore[no-untyped-def]
        """Persist the task and open our step beside it: its people, its clock, its notices."""
        task = flow_task.flow_class.task_class(process=prev_activation.process, flow_task=flow_task, token=token)
        task.data = data or {}
        activation = cls(task)
        plan = stepping.plan(task.process.case, flow_task, task.data)
        task.owner_permission = plan.permission
        if plan.first:
            task.owner, task.status = plan.first, STATUS.ASSIGNED
        begin(task, prev_activation.task)
        activation.step = stepping.open_step(task, plan)
        return activation

    @Activation.status.super()
    def activate(self) -> None:
        """Nobody is eligible here: the step closes itself and the case passes to the level above."""
        if self.step is not None and self.step.outcome == Outcome.PASSED_UP:
            self.task.started = viewflow_now()
            self._set_status(STATUS.STARTED)

    @Activation.status.transition(source=STATUS.STARTED, target=STATUS.DONE)
    def complete(self) -> None:
        finish(self.task)

    @Activation.status.transition(source=STATUS.DONE)
    def create_next(self) -> Iterator[Activation]:
        step = self.step or self.task.step
        node, data = stepping.where_next(self.flow_task, step)
        if node is not None:
            yield node._create(self, self.task.token, data=data)

    @Activation.status.transition(source=[STATUS.NEW, STATUS.ASSIGNED], target=STATUS.STARTED)
    def take(self, person: Any = None) -> None:
        """Start without Viewflow's request: our service has asked who may."""
        self.task.owner = person or self.task.owner
        self.task.started = viewflow_now()


class HumanStep(View):
    """Declare a step.

    role, level: held by the role at the case's unit of that level (or by the person above).
    held: or `held(case) -> (role, level)`, where it depends on the case.
    at: or the role at a unit that the case's own does not lie under, `at(case) -> Unit` (a contractor's people).
    people: or by name, `people(case) -> list[Person]`.
    borrow: where neither the level nor anybody above is eligible, `borrow(case) -> list[Unit]`: units beside, in order,
        of which one lends somebody who holds the role there. It is on record, and why.
    due: a moment fixed by the case instead of working hours, `due(case) -> datetime | None`.
    by_days: that moment is the end of a day of the calendar; what is left, or late, is said in such days.
    mendable: may the content be returned to its author from here? After acceptance it stands.
    deciding: people give an opinion (approve, return, reject); otherwise they do a piece of work and complete it.
    fresh: nobody who decided in the case before (appeals): True, or `fresh(case) -> bool`; or the names of earlier
        steps: nobody who acted there, for themselves or in another's place (four eyes).
    authors: the author's own step for mending a returned case.
    personal: each of the people does a part of their own, which is neither handed on nor taken back nor done by a
    substitute; the step ends when all have, or lapses.
    escalates: does somebody above get a part in it when it is long late? By default where a role or an opinion is
    asked; work that is somebody's by name is only told of, unless it says True.
    """

    activation_class = HumanStepActivation

    def __init__(
        self,
        title: Any,
        *,
        role: str = "",
        level: str = "",
        people: Callable[..., Any] | None = None,
        deciding: bool = True,
        held: Callable[..., Any] | None = None,
        at: Callable[..., Any] | None = None,
        due: Callable[..., Any] | None = None,
        by_days: bool = False,
        mendable: bool = True,
        fresh: Any = False,
        authors: bool = False,
        mode: str | None = None,
        escalates: bool | None = None,
        personal: bool = False,
        borrow: Callable[..., Any] | None = None,
    ) -> None:
        super().__init__(None)
        self.task_title = title
        self.role, self.level, self.held, self.people, self.at = role, level, held, people, at
        self.borrow = borrow
        self.due, self.by_days, self.mendable = due, by_days, mendable
        self.deciding, self.fresh, self.authors = deciding, fresh, authors
        self.mode, self.personal = (Mode.EACH if personal else mode), personal
        self.escalates = (deciding or people is None) if escalates is None else escalates
        self._rejected: Any = None
        self._passes_up: Any = None
        self._lapsed: Any = None
        # Viewflow wants a permission on every human node, else its own pages open the task to all.
        self._owner_permission = "engine.named"

    def Rejected(self, node: Any) -> HumanStep:
        """Where a rejection leads."""
        self._rejected = node
        return self

    def PassesUp(self, node: Any) -> HumanStep:
        """Where the case goes when nobody here is eligible; without it, to the person above at this very step."""
        self._passes_up = node
        return self

    def Lapses(self, node: Any) -> HumanStep:
        """Where the case goes when the deadline passes and nobody acted."""
        self._lapsed = node
        return self

    def seat_of(self, case: Any) -> tuple[str, str]:
        """Role and level that act in this case."""
        return self.held(case) if self.held is not None else (self.role, self.level)

    def is_fresh(self, case: Any) -> Fresh:
        """As `independence.recused` asks it."""
        fresh: Fresh = self.fresh(case) if callable(self.fresh) else self.fresh
        return fresh

    def _resolve(self, instance: Any) -> None:
        super()._resolve(instance)
        self._rejected = this.resolve(instance, self._rejected)
        self._passes_up = this.resolve(instance, self._passes_up)
        self._lapsed = this.resolve(instance, self._lapsed)
        self.people = this.resolve(instance, self.people)
        self.held = this.resolve(instance, self.held)
        self.borrow = this.resolve(instance, self.borrow)
        self.at = this.resolve(instance, self.at)
        self.due = this.resolve(instance, self.due)
        self.fresh = this.resolve(instance, self.fresh)

    def _outgoing(self) -> Iterator[Edge]:
        yield from super()._outgoing()
        extra = ((self._rejected, "cond_false"), (self._passes_up, "default"), (self._lapsed, "default"))
        seen = {self._next}
        for node, edge_class in extra:
            if node is not None and node not in seen:
                seen.add(node)
                yield Edge(src=self, dst=node, edge_class=edge_class)
