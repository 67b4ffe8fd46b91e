"""Trying every cell, each taken back afterwards, and writing down what holds."""

from __future__ import annotations

import os
import re
import sys
import traceback
from dataclasses import dataclass, field

from tests.engine.matrix import effects
from tests.engine.matrix.doors import Answer, Api, Door, Page
from tests.engine.matrix.guides import GUIDES
from tests.engine.matrix.rows import ROWS, Cell, place_before
from tests.engine.matrix.rules import REASONS, Facts, Nothing, Refused, Works, rule
from tests.engine.matrix.scenes import Arrival, Walk, undone
from tests.plant import Plant
from workflows.engine.kinds import CaseKind
from workflows.organisation.models import Person

# In make prove every cell goes through the page and through the API; in make test one in four, through the two in turn.
FULL = bool(os.environ.get("ASSAY_PROVE"))
ONLY = re.compile(os.environ.get("ASSAY_CELLS", ""))  # to look at a few, all of them: "team_review · vote"
SHARE = 1 if FULL or ONLY.pattern else 4


@dataclass
class Matrix:
    plant: Plant
    wrong: list[str] = field(default_factory=list)
    tried: int = 0
    turn: int = 0
    facts: dict[tuple[str, str], Facts] = field(default_factory=dict)  # by step and context

    def __post_init__(self) -> None:
        self.doors: list[Door] = [Page(self.plant), Api(self.plant)]
        for door in self.doors:
            for person in Person.objects.all():
                door.known(person)

    def walk(self, kind: CaseKind) -> set[str]:
        return Walk(self.plant, kind, self.visit).everywhere()

    def visit(self, arrival: Arrival) -> None:
        self.facts[arrival.node.name, arrival.context] = facts_of(arrival, self.doors[0])
        self.turn += 1  # else it were the same rows and the same door at every step
        for row in ROWS:
            for door in self._through():
                place = f"{arrival.node.name} · {arrival.context} · {row} · {door.name}"
                if not ONLY.search(place):
                    continue
                with undone():
                    try:
                        self._try(row, arrival, door)
                    except Exception as error:
                        self.wrong.append(f"{place}: {_said(error)}")
                        if ONLY.pattern:
                            sys.stderr.write(self.wrong[-1] + "\n")  # while looking at a few

    def _through(self) -> list[Door]:
        self.turn += 1
        if self.turn % SHARE:
            return []
        return self.doors if FULL else [self.doors[self.turn // SHARE % 2]]

    def _try(self, row: str, arrival: Arrival, door: Door) -> None:
        facts = facts_of(arrival, door)
        expected = rule(row, facts)
        if isinstance(expected, Nothing):
            return
        self.tried += 1
        self._acted(Cell(row, arrival, facts, door), expected, door)

    def _acted(self, cell: Cell, expected: Works | Refused, door: Door) -> None:
        answer = ROWS[cell.row](cell)
        if isinstance(expected, Works):
            assert answer.worked, f"{answer.status} {answer.code} {_sentence(answer.text)}"
            effects.check(cell, expected, cell.mark)
            return
        _refused(expected, answer, door)
        effects.nothing_happened(cell.mark)


def _refused(expected: Refused, answer: Answer, door: Door) -> None:
    reason = REASONS[expected.reason]
    status = reason.page if door.name == "page" else reason.api
    assert answer.status == status, f"{answer.status} {answer.code} {_sentence(answer.text)}, not {status}"
    assert reason.says in answer.text, f"it says {_sentence(answer.text)}, not {reason.says}"
    assert door.name == "page" or answer.code == reason.code, f"{answer.code}, not {reason.code}"


def facts_of(arrival: Arrival, door: Door) -> Facts:
    node, kind = arrival.node, arrival.scene.kind
    guide = GUIDES[kind.name]
    form = "form" if node.name in kind.forms else ""
    form = "photos" if node.name in guide.photos else "page" if node.name in guide.own_page else form
    return Facts(
        node=node.name,
        context=arrival.context,
        deciding=node.deciding,
        pool=node.people is None,
        rejects=node._rejected is not None,
        mendable=node.mendable,
        own=node.authors,
        form=form,
        decided=node.name in guide.decided,
        lasting=node.name in guide.lasting,
        earlier=bool(place_before(arrival)),
        appeals=node.name in guide.appeals,
        resumed=arrival.scene.step.returned_by_id is not None or arrival.scene.step.resumes_id is not None,
        took_effect=node.name in guide.took_effect,
        concerned=bool(arrival.scene.parties()),
        authored=arrival.scene.case.author_id in arrival.scene.parties(),
        personal=node.personal,
        alone=node.name in guide.alone,
        reserved=guide.reserved,
        door=door.name,
    )


def _said(error: BaseException) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''} ({last.name}:{last.lineno})"


def _sentence(text: str) -> str:
    return " ".join(text.split())[:120]
