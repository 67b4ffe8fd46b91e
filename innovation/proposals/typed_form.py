"""What was typed, laid out for the filing page: rows with their values and the sentence at each field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from innovation.proposals.content import NEW_PROBLEM, Typed, colleagues
from innovation.proposals.models import Category, Problem, Proposal
from workflows.organisation.models import Person

SHOWN_PROBLEMS = 200
NAMES = ("title", "category", "problem", "problem_title", "present_state", "method", "equipment", "cost", "own_share")
ROWS = ("line_kind", "line_label", "line_unit_value", "line_quantity", "coauthor", "coauthor_share")


@dataclass(frozen=True)
class Cell:
    value: str
    error: str
    key: str


_EMPTY = Cell("", "", "")
BLANK: dict[str, Any] = {"label": _EMPTY, "unit_value": _EMPTY, "quantity": _EMPTY, "number": _EMPTY, "share": _EMPTY}


@dataclass
class TypedForm:
    """person None: the shell that a phone keeps, without a personal word in it."""

    person: Person | None
    typed: Typed = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> dict[str, Cell]:
        return {name: self._cell(name, 0, name) for name in NAMES}

    @property
    def lines(self) -> list[dict[str, Any]]:
        count = max(len(self.typed.get("line_label", [])), len(self.typed.get("line_unit_value", [])))
        return [self._line(n) for n in range(count)] or [self._line(0)]

    @property
    def coauthors(self) -> list[dict[str, Any]]:
        numbers = list(self.typed.get("coauthor", []))
        known = self._known([number for number in numbers if number])
        return [
            {
                "person": known.get(number),
                "number": self._cell("coauthor", n),
                "share": self._cell("coauthor_share", n),
            }
            for n, number in enumerate(numbers)
            if number
        ]

    @property
    def categories(self) -> list[tuple[str, str]]:
        return [(value, str(label)) for value, label in Category.choices]

    @property
    def problems(self) -> list[tuple[str, str]]:
        return problem_choices(self.person, self.fields["problem"].value) if self.person else []

    @property
    def new_problem(self) -> str:
        return NEW_PROBLEM

    @property
    def blank_saving(self) -> dict[str, Any]:
        return BLANK | {"kind": "saving"}

    @property
    def blank_added_cost(self) -> dict[str, Any]:
        return BLANK | {"kind": "added_cost"}

    @property
    def blank_coauthor(self) -> dict[str, Any]:
        return BLANK

    def _line(self, n: int) -> dict[str, Any]:
        kind = self._value("line_kind", n)
        return {
            "kind": "added_cost" if kind == "added_cost" else "saving",
            "label": self._cell("line_label", n),
            "unit_value": self._cell("line_unit_value", n),
            "quantity": self._cell("line_quantity", n),
        }

    def _known(self, numbers: Iterable[str]) -> dict[str, Person]:
        if not numbers or self.person is None:
            return {}
        return {
            p.employee_no: p for p in colleagues(self.person).filter(employee_no__in=numbers).select_related("unit")
        }

    def _cell(self, name: str, n: int, key: str = "") -> Cell:
        key = key or f"{name}-{n}"
        return Cell(self._value(name, n), self.errors.get(key, ""), key)

    def _value(self, name: str, n: int) -> str:
        values = self.typed.get(name, [])
        return str(values[n]) if n < len(values) else ""


def problem_choices(person: Person, chosen: str = "") -> list[tuple[str, str]]:
    """The newest open problems this person may read, the chosen one among them."""
    visible = Problem.objects.visible_to(person)
    found = list(visible.filter(state=Problem.State.OPEN)[:SHOWN_PROBLEMS])
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 and all(str(p.pk) != chosen for p in found):
        found = [*visible.filter(pk=chosen), *found]
    return [(str(problem.pk), str(problem)) for problem in found]


def typed_from(proposal: Proposal) -> dict[str, list[str]]:
    """What its author would have typed to file this proposal; the first author's row stands apart."""
    authors = list(proposal.authorships.select_related("person"))
    lines = list(proposal.lines.all())
    return {
        "title": [proposal.case.title],
        "category": [proposal.category],
        "problem": [str(proposal.problem_id or "")],
        "present_state": [proposal.present_state],
        "method": [proposal.method],
        "equipment": [proposal.equipment],
        "cost": [f"{proposal.cost:.2f}"],
        "own_share": [str(author.share) for author in authors[:1]],
        "line_kind": [line.kind for line in lines],
        "line_label": [line.label for line in lines],
        "line_unit_value": [_plain(line.unit_value) for line in lines],
        "line_quantity": [_plain(line.quantity) for line in lines],
        "coauthor": [author.person.employee_no for author in authors[1:]],
        "coauthor_share": [str(author.share) for author in authors[1:]],
    }


def _plain(number: Any) -> str:
    return f"{number.normalize():f}"
