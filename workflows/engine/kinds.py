"""Process kinds: what a business app tells the engine, so that the engine never has to ask for it by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.functional import Promise

if TYPE_CHECKING:
    from django import forms
    from pydantic import BaseModel
    from viewflow.workflow.flow import Flow

    from workflows.engine.filing import FilingForm
    from workflows.engine.models import Case, Step
    from workflows.organisation.models import Person

Text = str | Promise


@dataclass(frozen=True)
class StepRule:
    """What the pinned rules say about one step. Hours are working hours; None = no deadline."""

    mode: str = "one"
    role: str = ""  # instead of the flow's
    deadline_hours: float | None = None
    remind_hours: float | None = None  # before the deadline; None = a quarter of the time
    quorum: Fraction | None = None
    pass_share: Fraction | None = None
    batch: bool = False  # may be approved together with others, unopened
    escalate_hours: float | None = 8  # after the deadline; None = never. A vote without quorum escalates at once


@dataclass(frozen=True)
class Line:
    """What a queue row says about a case beyond number and title."""

    category: Text = ""
    amount: Decimal | None = None
    author: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Unsent:
    """Something begun and not filed, and where to go on with it."""

    title: str
    saved_at: datetime
    url: str


@dataclass(frozen=True)
class Clauses:
    """One section of a rule version, readable: a title and its clauses, each with the value as people write it."""

    title: Text
    rows: list[tuple[str, str]]


@dataclass(frozen=True)
class CaseKind:
    """One kind of process. Everything the pages and the services need to know of it."""

    name: str
    label: Text
    prefix: str  # of the case number: TA → TA-2611-0061
    flow: type[Flow]
    rules_schema: type[BaseModel]
    # What the rules' content says of a node; the case where it depends on one, None where none is at hand.
    step_rule: Callable[[Mapping[str, Any], str, Case | None], StepRule]
    # Main nodes in story order, as the picture shows them: node name → short label.
    stations: Mapping[str, Text]
    # Nodes that stand at another's station in the picture: node name → the station's.
    stands_at: Mapping[str, str] = field(default_factory=dict)
    standings: Mapping[str, tuple[Text, str]] = field(default_factory=dict)  # standing → label, data-s
    lines: Callable[[Iterable[int]], dict[int, Line]] = lambda ids: {}
    content_template: str = ""
    content: Callable[[Case, Person], dict[str, Any]] = lambda case, person: {}
    # Forms of steps that ask for more than a press: node name → form class. Where the step decides, the form approves.
    forms: Mapping[str, type[forms.Form]] = field(default_factory=dict)
    # Steps that are done on a page of the kind's own: node name → URL name, which takes the case's number.
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    # The words on the primary button: what approving will do now.
    consequence: Callable[[Case, Step], Text] = lambda case, step: ""
    # The words on the button that rejects, where the kind says it in its own.
    refusal: Callable[[Case, Step], Text] = lambda case, step: ""
    # The URL name of the page that says what its cases came to.
    counted_at: str = ""
    # Rendered with the content's context: beside the decision (what it is measured by), beside the path (sums).
    aside_template: str = ""
    facts_template: str = ""
    # Categories that lists may be narrowed by, and the ids of the cases in one.
    categories: Iterable[tuple[str, Text]] = ()
    in_category: Callable[[str], Any] = lambda name: ()
    # Rules in words, and the form that writes them: Form(data, initial=content) with `.content()`, `.sections`.
    clauses: Callable[[Mapping[str, Any]], list[Clauses]] = lambda content: []
    rules_form: type[Any] | None = None
    # For trying rules on past cases: reads what it needs of them at once, and answers `(case, content) -> nodes` that
    # the case takes by these rules if everybody approves. The times of its steps then do not depend on the case.
    what_if: Callable[[list[Case]], Callable[[Case, Mapping[str, Any]], tuple[str, ...]]] | None = None
    first_rules: Mapping[str, Any] = field(default_factory=dict)  # for a unit that has none yet
    may_withdraw: Callable[[Case], bool] = lambda case: True
    # May a case as it is now stand at this node, by an authorised correction? None: only where it has been.
    may_move: Callable[[Case, str], bool | None] = lambda case, node: None
    # Told after the engine has moved a case, inside the transaction: (case, step that ended, outcome).
    withdrawn: Callable[[Case], None] = lambda case: None
    # The office that asks for a waiver of independence; without it the kind has none. And what keeps a person from a
    # case beyond its recused parties and their ties, by relation.
    waived_by: str = ""
    bars: Callable[[Case, Person], list[str]] = lambda case, person: []
    # What a person has begun to write and not filed: newest first, a few.
    unsent: Callable[[Person], list[Unsent]] = lambda person: []
    page_name: str = "case"
    # Opened by the calendar or by what happened: in whose name it is has filed nothing.
    opens_itself: bool = False
    # The kind within whose cases this one runs: it has no rules of its own, that one's version binds it.
    bound_by: str = ""
    # By which relation parties hear how it moves; None: all of them. Whom it merely bars need not.
    hears: Collection[str] | None = None
    # The one-to-one accessor of the business row, read together with the case when somebody acts in it.
    business: str = ""
    # Filing by a form, on the engine's page and by API; the page and the list of its cases come with `kind_urls`.
    filing: type[FilingForm] | None = None


class Ruled(Protocol):
    """What has rule versions: a kind of process, or rules that no case is pinned to, such as benchmarks."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> Text: ...
    @property
    def rules_schema(self) -> type[BaseModel]: ...
    @property
    def rules_form(self) -> type[Any] | None: ...
    @property
    def clauses(self) -> Callable[[Mapping[str, Any]], list[Clauses]]: ...
    @property
    def first_rules(self) -> Mapping[str, Any]: ...


_kinds: dict[str, CaseKind] = {}
_rule_sets: dict[str, Ruled] = {}


def register(kind: CaseKind) -> None:
    _kinds[kind.name] = kind


def register_rules(rules: Ruled) -> None:
    """Rules without a process: drafted, compared and published on the same pages."""
    _rule_sets[rules.name] = rules


def ruled(name: str) -> Ruled:
    return _kinds.get(name) or _rule_sets[name]


def has_cases(name: str) -> bool:
    """Is it a kind of process, so that rules may be tried on its cases?"""
    return name in _kinds


def all_ruled() -> list[Ruled]:
    """Not those that are bound by another's."""
    return [*(kind for kind in _kinds.values() if not kind.bound_by), *_rule_sets.values()]


def kind_of(case: Case) -> CaseKind:
    return _kinds[case.kind]


def get(name: str) -> CaseKind:
    return _kinds[name]


def ruled_by(name: str) -> str:
    """The kind whose rule versions bind cases of this one."""
    return get(name).bound_by or name


def all_kinds() -> list[CaseKind]:
    return list(_kinds.values())
