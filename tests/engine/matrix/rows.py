"""How each row of the matrix is acted out: what has to have happened before, and the act itself through a door."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import uuid4

from tests.engine.matrix.doors import Answer, Door
from tests.engine.matrix.rules import Facts
from tests.engine.matrix.scenes import FORWARD, SUBSTITUTE, Arrival, authors_step
from tests.hazards.story import photo
from workflows.engine import beside
from workflows.engine.models import Case, Decision, WorkItem
from workflows.engine.turn import turn
from workflows.ledger.clock import now
from workflows.ledger.models import Entry
from workflows.notices.models import Outbox
from workflows.organisation.absences import declare_absence
from workflows.organisation.models import Person, Tie


@dataclass
class Mark:
    """How much was written before the act."""

    decisions: int
    entries: int
    told: int

    @classmethod
    def now(cls) -> Mark:
        return cls(_last(Decision), _last(Entry), _last(Outbox))


def _last(model: Any) -> int:
    return model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


@dataclass
class Cell:
    """One row at one arrival, through one door."""

    row: str
    arrival: Arrival
    facts: Facts
    door: Door

    def __post_init__(self) -> None:
        self.scene, self.plant = self.arrival.scene, self.arrival.scene.plant
        self.hand, self.item = self.scene.hand()
        self.principal: Person | None = None
        self.actor = self.hand
        if self.facts.context == SUBSTITUTE:
            self.principal, self.actor = self.hand, self.substitute_of(self.hand)
        self.step_id, self.mode = self.item.step_id, self.item.step.mode

    @cached_property
    def helper(self) -> Person:
        return self._somebody("helper") if self.row != "copy by the author" else self.plant.extra["helper"]

    def _somebody(self, name: str) -> Person:
        """Of the plant, or where a contractor's people act, of their company."""
        found: Person = (self.plant.extra["firm"] if self.outside else self.plant.extra)[name]
        return found

    @property
    def outside(self) -> bool:
        return self.hand.unit_id == self.plant.contractor.pk

    @property
    def number(self) -> str:
        return self.scene.case.number

    @property
    def author(self) -> Person:
        return Person.objects.get(pk=self.scene.case.author_id)

    def party(self) -> Person:
        """Somebody whom the case concerns, or tied to its author, who is neither acting here nor stood in for."""
        concerned = Person.objects.filter(pk__in=self.scene.parties() - {self.actor.pk, self.hand.pk})
        found = None if self.outside else concerned.order_by("employee_no").first()
        if found is None:
            found = self._somebody("second_helper")
            Tie.objects.create(person=found, other=concerned.first() or self.author, declared_at=now())
        return found

    def substitute_of(self, person: Person) -> Person:
        substitute = self._somebody("substitute")
        until = now() + timedelta(days=3)
        declare_absence(actor=person, substitute=substitute, starts_at=None, ends_at=until)
        return substitute

    # The act itself. What was written before it is marked. -----------------------------------------------------------

    def task(self, verb: str, *, by: Person | None = None, item: WorkItem | None = None, **sent: Any) -> Answer:
        self.mark = Mark.now()
        return self.door.task(by or self.actor, self.number, (item or self.item).pk, verb, **sent)

    def beside(self, by: Person, act: str, /, **sent: Any) -> Answer:
        self.mark = Mark.now()
        return self.door.beside(by, self.number, act, **sent)

    def withdraw(self, person: Person) -> Answer:
        self.mark = Mark.now()
        return self.door.withdraw(person, self.number, "不做了")

    def complete(self) -> Answer:
        guide, node = self.scene.guide, self.facts.node
        if self.facts.form == "page" and self.door.name == "page":
            url, fields = guide.own_page[node](self.plant, self.scene.case, self.actor)
            self.mark = Mark.now()
            return self.door.own_page(self.actor, url, fields)
        form = dict(guide.forms(self.plant, node))
        if node in guide.photos and self.door.name == "page":
            form["photos"] = [photo()]
        self.mark = Mark.now()
        return self.door.complete(self.actor, self.number, self.item.pk, form)

    # What went before. ------------------------------------------------------------------------------------------------

    def by_service(self, verb: str, *said: Any, by: Person | None = None, item: WorkItem | None = None) -> None:
        actor = Person.objects.get(pk=(by or self.actor).pk)
        with turn(actor=actor, case_id=self.scene.case_id, item_id=(item or self.item).pk) as t:
            getattr(t, verb)(*said)

    def its_end(self) -> None:
        """The person whose turn it is does what the step asks for."""
        if self.facts.deciding and not self.facts.form:
            self.by_service("approve")
            return
        actor = Person.objects.get(pk=self.actor.pk)
        with turn(actor=actor, case_id=self.scene.case_id, item_id=self.item.pk, token=uuid4()) as t:
            self.scene.work(t)

    def earlier(self) -> str:
        return place_before(self.arrival) or self.facts.node

    def last_hand(self) -> Person | None:
        return Decision.objects.filter(case=self.scene.case_id, actor__isnull=False).latest("pk").actor

    def helper_item(self) -> WorkItem:
        return WorkItem.objects.get(step=self.step_id, person=self.helper)


def place_before(arrival: Arrival) -> str:
    """The nearest step that the case went through and may be returned to, or ""."""
    nodes = {node.name: node for node in arrival.scene.kind.flow.instance.nodes()}
    here = arrival.node
    for name in reversed(arrival.passed):
        node = nodes[name]
        if name != here.name and (node.deciding if here.mendable else not node.mendable):
            return name
    return ""


def _return(to_author: bool, then: str, reason: str = "缺三个班的记录。") -> Callable[[Cell], Answer]:
    def act(c: Cell) -> Answer:
        return c.task("return", to=authors_step(c.scene.kind) if to_author else c.earlier(), then=then, reason=reason)

    return act


def _release(c: Cell) -> Answer:
    c.by_service("claim")
    return c.task("release")


def _held(c: Cell) -> Answer:
    c.by_service("hold", "等图纸")
    return c.task("approve")


def _asked(c: Cell) -> Answer:
    c.by_service("consult", c.helper, "可行吗？")
    return c.task("approve")


def _add(where: str) -> Callable[[Cell], Answer]:
    return lambda c: c.task("add_signer", person=c.helper.employee_no, where=where)


def _remove(c: Cell) -> Answer:
    if not c.facts.deciding:
        return c.task("remove_signer", signer=c.item.pk)
    c.by_service("add_signer", c.helper, "beside")
    return c.task("remove_signer", signer=c.helper_item().pk)


def _advise(c: Cell) -> Answer:
    c.by_service("consult", c.helper, "可行吗？")
    return c.task("advise", by=c.helper, item=c.helper_item(), reason="可行。")


def _resume(c: Cell) -> Answer:
    c.by_service("hold", "等图纸")
    return c.beside(c.actor, "resume")


def _take_back(c: Cell) -> Answer:
    c.its_end()
    return c.beside(c.actor, "take_back")


def _take_back_late(c: Cell) -> Answer:
    c.its_end()
    # Others sign or go on, until somebody else has acted on what this step brought about.
    while c.scene.step is not None and (c.scene.step.pk == c.step_id or c.last_hand() == c.actor):
        c.scene.go(FORWARD)
    return c.beside(c.actor, "take_back")


def _urge_again(c: Cell) -> Answer:
    beside.urge(actor=c.author, case_id=c.scene.case_id)
    return c.beside(c.author, "urge")


def _copy_by_hand(c: Cell) -> Answer:
    c.by_service("claim")
    return c.beside(c.actor, "copy", person=c.helper.employee_no)


def _withdraw_by_another(c: Cell) -> Answer:
    """By somebody who sees the case: whoever sees none learns nothing of it."""
    others = [Person.objects.get(pk=p.pk) for p in (c.actor, c.plant.teammate, c.helper, c.plant.observer)]
    seeing = (p for p in others if p != c.author and Case.objects.visible_to(p).filter(pk=c.scene.case_id).exists())
    other = next(seeing)
    return c.withdraw(other)


Act = Callable[[Cell], Answer]
ROWS: dict[str, Act] = {
    "claim": lambda c: c.task("claim"),
    "release": _release,
    "approve": lambda c: c.task("approve"),
    "approve while held": _held,
    "approve while an opinion is out": _asked,
    "return to the author, resume": _return(True, "resume"),
    "return to the author, walk": _return(True, "walk"),
    "return to an earlier step, resume": _return(False, "resume"),
    "return to an earlier step, walk": _return(False, "walk"),
    "return without a reason": _return(True, "resume", reason=" "),
    "reject": lambda c: c.task("reject", reason="已有人做过。"),
    "reject without a reason": lambda c: c.task("reject", reason=" "),
    "abstain": lambda c: c.task("abstain"),
    "add a signer before": _add("before"),
    "add a signer beside": _add("beside"),
    "add a signer after": _add("after"),
    "add an author as signer": lambda c: c.task("add_signer", person=c.party().employee_no, where="beside"),
    "remove an added signer": _remove,
    "transfer": lambda c: c.task("transfer", person=c.helper.employee_no),
    "transfer to an author": lambda c: c.task("transfer", person=c.party().employee_no),
    "consult": lambda c: c.task("consult", person=c.helper.employee_no, reason="可行吗？"),
    "advise": _advise,
    "advise unasked": lambda c: c.task("advise", reason="可行。"),
    "hold": lambda c: c.task("hold", reason="等图纸"),
    "release the hold": _resume,
    "complete": lambda c: c.complete(),
    "take back": _take_back,
    "take back when somebody has acted": _take_back_late,
    "withdraw": lambda c: c.withdraw(c.author),
    "withdraw by somebody else": _withdraw_by_another,
    "urge": lambda c: c.beside(c.author, "urge"),
    "urge again within the hour": _urge_again,
    "copy by the author": lambda c: c.beside(c.author, "copy", person=c.helper.employee_no),
    "copy by whose turn it is": _copy_by_hand,
}
