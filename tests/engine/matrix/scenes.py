"""Bringing a case to each human step of its flow, through the services, by the shortest way that is found."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.datastructures import MultiValueDict

from tests.engine.matrix.guides import GUIDES, Guide
from tests.hazards.story import photo
from tests.plant import Plant
from workflows.engine import kinds
from workflows.engine.api.acting import typed
from workflows.engine.errors import BadMove, Refusal
from workflows.engine.kinds import CaseKind, StepRule
from workflows.engine.models import Case, Step, WorkItem
from workflows.engine.nodes import HumanStep, Pause
from workflows.engine.turn import Turn, turn
from workflows.engine.verbs.returning import targets
from workflows.organisation.models import Person, Role, RoleHolding

FORWARD, REJECT, RETURN = "forward", "reject", "return"


def human_steps(kind: CaseKind) -> list[HumanStep]:
    return [node for node in kind.flow.instance.nodes() if isinstance(node, HumanStep)]


def authors_step(kind: CaseKind) -> str:
    return next((node.name for node in human_steps(kind) if node.authors), "")


@contextmanager
def forced(kind: CaseKind, modes: Mapping[str, str]) -> Iterator[None]:
    """The kind, registered with these modes at these steps; every other step is one person's."""

    def step_rule(content: Mapping[str, Any], node: str, case: Case | None = None) -> StepRule:
        rule = kind.step_rule(content, node, case)
        mode = modes.get(node, "one")
        vote = {"quorum": Fraction(4, 5), "pass_share": Fraction(2, 3)} if mode == "vote" else {}
        return dataclasses.replace(rule, mode=mode, **({"quorum": None, "pass_share": None} | vote))

    before = kinds.get(kind.name)
    kinds.register(dataclasses.replace(kind, step_rule=step_rule))
    try:
        yield
    finally:
        kinds.register(before)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def people_the_plant(plant: Plant) -> None:
    """Three of each role that signs, so that one signature of several is not the last; and two who hold nothing."""
    from tests.plant import _Builder

    make = _Builder()
    make.number = 21000
    wanted = (
        (Role.TEAM_LEADER, plant.team, 2),
        (Role.FINANCE_VERIFIER, plant.workshop, 2),
        (Role.INNOVATION_OFFICER, plant.workshop, 3),
        (Role.WORKSHOP_REVIEWER, plant.workshop, 3),
    )
    for role, unit, count in wanted:
        for n in range(count):
            plant.hold(make.person(f"{Role(role).value}{n}", unit), role, unit)
    plant.extra["helper"] = make.person("帮手", plant.workshop)
    plant.extra["second_helper"] = make.person("二帮", plant.workshop)
    plant.extra["substitute"] = make.person("代手", plant.workshop)
    names = ("helper", "second_helper", "substitute")
    # A contractor's people name their own colleagues, and stand in for nobody else.
    plant.extra["firm"] = {name: make.person(f"外{name}", plant.contractor) for name in names}
    Person.objects.update(language="en")


@dataclass
class Scene:
    """A case that stands at a step, and the person whose turn it is there."""

    plant: Plant
    kind: CaseKind
    guide: Guide
    case_id: int

    @property
    def case(self) -> Case:
        return Case.objects.get(pk=self.case_id)

    @property
    def step(self) -> Step | None:
        return Step.objects.filter(case=self.case_id, closed_at=None).select_related("task", "case").first()

    @property
    def at(self) -> str:
        case = self.case
        return f"closed:{case.standing}" if case.state == "closed" else self.step.node  # type: ignore[union-attr]

    def items(self) -> list[WorkItem]:
        return list(WorkItem.objects.filter(step=self.step, state="open").select_related("person").order_by("pk"))

    def parties(self) -> set[int]:
        return set(self.case.parties.filter(recused=True).values_list("person_id", flat=True))  # type: ignore[attr-defined]

    def hand(self) -> tuple[Person, WorkItem]:
        """Whose turn it is: who has the first open item, or the first of its pool whom nothing forbids."""
        item = self.items()[0]
        if item.person is not None:
            return Person.objects.get(pk=item.person.pk), item
        return self.pool(item)[0], item

    def pool(self, item: WorkItem) -> list[Person]:
        held = RoleHolding.objects.in_force().filter(role=item.role, unit=item.unit).order_by("person__employee_no")
        free = held.exclude(person__in=self.parties()).values("person")
        return [p for p in Person.objects.filter(pk__in=free).order_by("employee_no") if not self._decided(p)]

    def _decided(self, person: Person) -> bool:
        return self.case.decisions.filter(actor=person, verb__in=("approve", "reject", "abstain")).exists()  # type: ignore[attr-defined]

    # Walking on. ---------------------------------------------------------------------------------------------------

    def go(self, way: str) -> None:
        """One act that ends the step: forward, by rejecting, or back to the author. Raises Refusal where it cannot."""
        ahead = self.guide.ahead.get(self.at)
        if ahead is not None and way == FORWARD:
            ahead(self.plant, self.case)
            return
        if not self.items():
            raise BadMove("nobody acts here")
        person, item = self.hand()
        with turn(actor=person, case_id=self.case_id, item_id=item.pk, token=uuid4()) as t:
            if way == RETURN:
                t.return_to(authors_step(self.kind), then="resume", reason="缺三个班的记录。")
            elif way == REJECT:
                t.reject("已有人做过。")
            elif t.node.deciding and not t.asks_more:
                t.approve("")
            else:
                self.work(t)

    def gone(self, way: str) -> Scene:
        self.go(way)
        return self

    def can_return_to(self, node: str) -> bool:
        step = self.step
        if step is None or step.mode == "vote" or not step.task.flow_task.deciding:
            return False
        return node in {t.node for t in targets(self.case, step)}

    def returned_to(self, node: str) -> Scene:
        person, item = self.hand()
        with turn(actor=person, case_id=self.case_id, item_id=item.pk) as t:
            t.return_to(node, then="resume", reason="请再核。")
        return self

    def work(self, t: Turn) -> None:
        made: Any = self.kind.forms.get(t.step.node)
        if made is None:
            t.complete()
            return
        sent = typed(dict(self.guide.forms(self.plant, t.step.node)))
        files = MultiValueDict({"photos": [photo()]} if t.step.node in self.guide.photos else {})
        form = made(sent, files, turn_case=t.case, person=t.actor)
        assert form.is_valid(), form.errors
        form.save(t)


def scene(plant: Plant, kind: CaseKind, filing: int) -> Scene:
    guide = GUIDES[kind.name]
    return Scene(plant, kind, guide, guide.filings[filing](plant).pk)


PLAIN, ANY, ALL, VOTE, RETURNED, SUBSTITUTE = "plain", "any", "all", "vote", "returned", "substitute"
CONTEXTS = (PLAIN, ANY, ALL, VOTE, RETURNED, SUBSTITUTE)


@dataclass(frozen=True)
class Arrival:
    """A case that has come to a step in a context. `passed`: the steps that it went through forward, in order."""

    scene: Scene
    node: HumanStep
    context: str
    passed: tuple[str, ...]


Visit = Callable[[Arrival], None]


@dataclass
class Walk:
    """Everywhere that a flow leads: each step is visited once in each context, when the case first comes to it."""

    plant: Plant
    kind: CaseKind
    visit: Visit
    reached: set[str] = dataclasses.field(default_factory=set)
    seen: set[tuple[int, str, str]] = dataclasses.field(default_factory=set)
    filing: int = 0

    def everywhere(self) -> set[str]:
        """The names of the steps that were reached."""
        for filing in range(len(GUIDES[self.kind.name].filings)):
            self.filing = filing
            with forced(self.kind, {}), undone():
                self._move("", (), lambda: scene(self.plant, self.kind, self.filing), ())
        return self.reached

    def _move(self, before: str, passed: tuple[str, ...], move: Callable[[], Scene], ways: tuple[str, ...]) -> None:
        with undone():
            try:
                made = move()
            except Refusal:
                return
            at = made.at
            if at.startswith("closed") or (self.filing, before, at) in self.seen:
                return
            self.seen.add((self.filing, before, at))
            first = at not in self.reached
            self.reached.add(at)
            if first:
                self._look_around(made, at, passed, ways)
            for way in (FORWARD, REJECT, RETURN):
                if self.reached.issuperset(node.name for node in human_steps(self.kind)):
                    break  # each has been looked at
                through = (*passed, at) if way == FORWARD else passed
                self._move(at, through, lambda way=way: made.gone(way), (*ways, way))  # type: ignore[misc]
        if first and self._node(at).deciding:
            for mode in (ANY, ALL, VOTE):
                with forced(self.kind, {at: mode}), undone():
                    self._look(move(), mode, passed)

    def _look_around(self, made: Scene, at: str, passed: tuple[str, ...], ways: tuple[str, ...]) -> None:
        """Nobody acts where time passes; what each does in person no substitute does; without an opinion no return."""
        if isinstance(self._node(at), Pause):
            return
        self._look(made, PLAIN, passed)
        if not self._node(at).personal:
            self._look(made, SUBSTITUTE, passed)
        if any(node.deciding for node in human_steps(self.kind)):
            self._look_after_a_return(made, at, passed, ways)

    def _node(self, name: str) -> HumanStep:
        return self.kind.flow.instance.node(name)

    def _look(self, made: Scene, context: str, passed: tuple[str, ...]) -> None:
        with undone():
            self.visit(Arrival(made, self._node(made.at), context, passed))

    def _look_after_a_return(self, made: Scene, at: str, passed: tuple[str, ...], ways: tuple[str, ...]) -> None:
        for back in (self._back_from_here, self._back_from_later, self._back_at_first):
            with undone():
                try:
                    come = back(made, at, ways)
                except Refusal:
                    continue
                if come is not None and come.at == at:
                    self._look(come, RETURNED, passed)
                    return
        raise AssertionError(f"{at} was not reached again after a return")

    def _back_from_here(self, made: Scene, at: str, ways: tuple[str, ...]) -> Scene | None:
        """Returned from this very step to the author, or to the work done last, and resumed."""
        step = made.step
        places = [t.node for t in targets(made.case, step)] if step is not None and self._node(at).deciding else []
        return made.returned_to(places[0]).gone(FORWARD) if places else None

    def _back_from_later(self, made: Scene, at: str, ways: tuple[str, ...]) -> Scene | None:
        """A later step returns the case to this one."""
        for _later in range(4):
            made.go(FORWARD)
            if made.step is None:
                return None
            with transaction.atomic():
                if made.can_return_to(at):
                    return made.returned_to(at)
        return None

    def _back_at_first(self, made: Scene, at: str, ways: tuple[str, ...]) -> Scene | None:
        """The first step has returned the case once; then the same way again."""
        again = scene(self.plant, self.kind, self.filing)
        for way in (RETURN, FORWARD, *ways):
            again.go(way)
        return again
