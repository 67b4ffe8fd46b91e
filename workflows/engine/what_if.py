"""What if these rules had been in force: a version run over the cases of a period, beside those they were pinned to.

Nothing is changed. What is compared is what the rules say, so that returns and transfers do not count; only votes that
have been taken are counted again as they were cast.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from fractions import Fraction
from typing import Any

from django.utils import timezone

from workflows.engine import kinds, tally
from workflows.engine.kinds import CaseKind, StepRule
from workflows.engine.models import Case, Decision, RuleVersion, Step, WorkItem
from workflows.engine.models.step import Mode, Outcome
from workflows.engine.rule_readers import DRAFTS_READ_BY
from workflows.ledger.clock import now
from workflows.organisation.models import Person
from workflows.organisation.roles import held_by

MOST = 5000  # cases looked at; more are said to have been left out


@dataclass(frozen=True)
class Course:
    """What rules say of a case: the steps it takes, the last that decides whether it is accepted, and the time."""

    nodes: tuple[str, ...]
    decides: str
    hours: Mapping[str, float]

    @property
    def total(self) -> float:
        return sum(self.hours.values())


@dataclass(frozen=True)
class Replay:
    """A case under both versions. `vote`: what a vote taken would come to now (passed, failed, open), if otherwise."""

    case: Case
    before: Course
    after: Course
    titles: Mapping[str, str]
    order: Mapping[str, int]
    vote: str = ""

    @property
    def kind(self) -> str:
        """same, lower, higher, path, vote or times: the weightiest difference."""
        if self.vote:
            return "vote"
        if self.before.decides != self.after.decides:
            here, there = self.order.get(self.before.decides, 0), self.order.get(self.after.decides, 0)
            return "lower" if there < here else "higher"
        if self.before.nodes != self.after.nodes:
            return "path"
        return "times" if self.before.hours != self.after.hours else "same"

    @property
    def decided_before(self) -> str:
        return self.titles.get(self.before.decides, "")

    @property
    def decided_after(self) -> str:
        return self.titles.get(self.after.decides, "")

    @property
    def path_before(self) -> list[str]:
        return [self.titles.get(node, node) for node in self.before.nodes]

    @property
    def path_after(self) -> list[str]:
        return [self.titles.get(node, node) for node in self.after.nodes]

    @property
    def left_out(self) -> list[str]:
        return [self.titles.get(node, node) for node in self.before.nodes if node not in self.after.nodes]

    @property
    def taken_in(self) -> list[str]:
        return [self.titles.get(node, node) for node in self.after.nodes if node not in self.before.nodes]

    @property
    def timed(self) -> list[tuple[str, float, float]]:
        """Steps of both whose time differs: title, hours before, hours after."""
        both = [node for node in self.before.nodes if node in self.after.hours]
        pairs = ((self.titles.get(n, n), self.before.hours[n], self.after.hours[n]) for n in both)
        return [pair for pair in pairs if pair[1] != pair[2]]


@dataclass
class WhatIf:
    since: datetime
    until: datetime  # not included
    replays: list[Replay] = field(default_factory=list)
    more: bool = False

    @property
    def counts(self) -> Counter[str]:
        return Counter(replay.kind for replay in self.replays)

    @property
    def elsewhere(self) -> list[Replay]:
        """Those that would have gone otherwise, the weightiest first."""
        rank = {"vote": 0, "higher": 1, "lower": 2, "path": 3, "times": 4}
        return sorted((r for r in self.replays if r.kind != "same"), key=lambda r: (rank[r.kind], r.case.number))

    @property
    def last_day(self) -> datetime:
        return self.until - timedelta(days=1)


def may_try(person: Person) -> bool:
    return any(held.role in DRAFTS_READ_BY for held in held_by(person))


def last_month() -> tuple[datetime, datetime]:
    """The calendar month before this one, plant time."""
    first = timezone.localtime(now()).date().replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    return tuple(timezone.make_aware(datetime.combine(day, time.min)) for day in (before, first))  # type: ignore[return-value]


def of(version: RuleVersion, person: Person, period: tuple[datetime, datetime] | None = None) -> WhatIf:
    """Cases that the person may see, filed in the period where this version would bind. Four statements."""
    since, until = period or last_month()
    found = Case.objects.visible_to(person).filter(
        kind=version.kind, unit__path__startswith=version.unit.path, filed_at__gte=since, filed_at__lt=until,
        imported=False,
    )  # fmt: skip
    cases = list(found.select_related("rules", "unit").order_by("number")[: MOST + 1])
    pinned: dict[int | None, RuleVersion | None] = {}
    for case in cases:
        case.rules = pinned.setdefault(case.rules_id, case.rules)  # one object a version, so that each is read once
    made = WhatIf(since, until, more=len(cases) > MOST)
    made.replays = _replays(kinds.get(version.kind), version, cases[:MOST])
    return made


def _replays(kind: CaseKind, version: RuleVersion, cases: list[Case]) -> list[Replay]:
    flow = kind.flow.instance
    titles = {node.name: str(node.task_title) for node in flow.nodes() if node.task_title}
    order = {node: place for place, node in enumerate(kind.stations)}
    read = _paths(kind, version, cases)
    rules = _StepRules(kind)
    votes = _votes(rules, version, cases)
    deciding = {node.name for node in flow.nodes() if getattr(node, "_rejected", None) is not None}
    return [
        Replay(
            case,
            rules.course(case, read[0][case.pk], case.rules, deciding),
            rules.course(case, read[1][case.pk], version, deciding),
            titles,
            order,
            votes.get(case.pk, ""),
        )
        for case in cases
        if case.rules is not None
    ]


def _paths(kind: CaseKind, version: RuleVersion, cases: list[Case]) -> tuple[Any, Any]:
    """The nodes each case takes by the rules it is pinned to, and by these; by what it went through if nobody knows."""
    if kind.what_if is None:
        walked: dict[int, tuple[str, ...]] = {case.pk: () for case in cases}
        for case_id, node in Step.objects.filter(case__in=walked).order_by("case", "place").values_list("case", "node"):
            walked[case_id] = tuple(dict.fromkeys((*walked[case_id], node)))
        return walked, walked
    known = kind.what_if(cases)
    return (
        {case.pk: known(case, case.rules.content) for case in cases if case.rules is not None},
        {case.pk: known(case, version.content) for case in cases},
    )


class _StepRules:
    """What versions say about steps. Where the kind has a hook of its own, no step depends on the case: asked once."""

    def __init__(self, kind: CaseKind) -> None:
        self.kind = kind
        self._known: dict[tuple[int, str, int], StepRule] = {}

    def of(self, rules: RuleVersion, node: str, case: Case) -> StepRule:
        asked = None if self.kind.what_if else case
        key = (rules.pk, node, asked.pk if asked else 0)
        if key not in self._known:
            self._known[key] = self.kind.step_rule(rules.content, node, asked)
        return self._known[key]

    def course(self, case: Case, nodes: tuple[str, ...], rules: RuleVersion, deciding: set[str]) -> Course:
        hours = {node: self.of(rules, node, case).deadline_hours or 0 for node in nodes}
        return Course(tuple(nodes), next((n for n in reversed(nodes) if n in deciding), ""), hours)


def _votes(rules: _StepRules, version: RuleVersion, cases: list[Case]) -> dict[int, str]:
    """Votes taken that would have come out otherwise. Three statements."""
    by_id = {case.pk: case for case in cases}
    taken = Step.objects.filter(case__in=list(by_id), mode=Mode.VOTE, outcome__in=(Outcome.APPROVED, Outcome.REJECTED))
    steps = list(taken.order_by("case", "place"))
    if not steps:
        return {}
    ballots = _ballots(steps)
    changed: dict[int, str] = {}
    for step in steps:
        rule = rules.of(version, step.node, by_id[step.case_id])
        if rule.mode != Mode.VOTE or rule.quorum is None or rule.pass_share is None:
            continue
        verdict = tally.vote(ballots[step.pk], Fraction(rule.quorum), Fraction(rule.pass_share), closing=True)
        was = "passed" if step.outcome == Outcome.APPROVED else "failed"
        changed.pop(step.case_id, None)
        if verdict != was:
            changed[step.case_id] = verdict or "open"
    return changed


def _ballots(steps: list[Step]) -> dict[int, list[tally.Ballot]]:
    rows = Decision.objects.filter(step__in=steps, verb__in=("approve", "reject", "abstain", "take_back"))
    chosen = dict(rows.order_by("pk").values_list("item_id", "verb"))
    found: dict[int, list[tally.Ballot]] = defaultdict(list)
    aside = (WorkItem.Origin.CONSULTED, WorkItem.Origin.ESCALATED)
    for item in WorkItem.objects.filter(step__in=steps).exclude(state=WorkItem.State.RECUSED):
        verb = chosen.get(item.pk)
        choice: Any = verb if verb in ("approve", "reject", "abstain") else None
        if item.origin not in aside:
            found[item.step_id].append(tally.Ballot(item.weight, choice))
    return found
