"""Telling a round's story in tests: implemented proposals, judges, and people who act on the round."""

from __future__ import annotations

import copy
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from innovation.awards import marking, opening
from innovation.awards.models import AwardRound, Candidate, Seat
from innovation.awards.records import rules_of
from innovation.awards.rules import DEFAULT_RULES
from tests.plant import Plant
from tests.proposal_story import Story, publish_rules
from workflows.engine import clocks, rulebook
from workflows.engine.models import Case, RuleVersion, Step, WorkItem
from workflows.engine.turn import turn
from workflows.ledger.clock import injected, now
from workflows.organisation.models import Person, Role

NAMES = ("评甲", "评乙", "评丙", "评丁", "评戊", "评己", "评庚")
LAST_MONTH = 40  # days: far enough for what is implemented now minus these to lie before this month


def publish_award_rules(plant: Plant, **changes: Any) -> RuleVersion:
    content = copy.deepcopy(DEFAULT_RULES) | changes
    version = rulebook.draft(actor=plant.drafter, kind="award_round", unit=plant.workshop, content=content, note="首版")
    rulebook.submit(actor=plant.drafter, version_id=version.pk)
    return rulebook.publish(actor=plant.publisher, version_id=version.pk, read=version.digest)


@dataclass
class AwardStory:
    """A workshop with an officer, a finance verifier and judges; `round` once it is opened."""

    plant: Plant
    officer: Person = field(init=False)
    judges: list[Person] = field(init=False)
    case: Case | None = None

    def __post_init__(self) -> None:
        plant = self.plant
        self.officer = self._person("奖办", "20100")
        plant.hold(self.officer, Role.INNOVATION_OFFICER, plant.workshop)
        self.judges = [self._person(name, f"2000{n}") for n, name in enumerate(NAMES)]
        for judge in self.judges:
            plant.hold(judge, Role.JUDGE, plant.workshop)

    def _person(self, name: str, number: str) -> Person:
        return Person.objects.create(
            employee_no=number, name=name, unit=self.plant.workshop, must_change_password=False,
            password=self.plant.author.password, joined_on=date(2019, 7, 1),
        )  # fmt: skip

    def begin(self, **changes: Any) -> None:
        publish_rules(self.plant)
        self.publish_rules(**changes)

    def publish_rules(self, **changes: Any) -> None:
        with injected(now() - timedelta(days=LAST_MONTH + 31)):
            publish_award_rules(self.plant, **changes)

    def implemented(self, title: str = "分布锥改双层导流", *, days_ago: int = LAST_MONTH, **options: Any) -> Case:
        """A proposal that was accepted by the team and carried out."""
        case = Story(self.plant).file(title=title, benefit="10000.00", cost="0", **options)
        with injected(now() - timedelta(days=days_ago)):
            proposal = case.proposal  # type: ignore[attr-defined]
            proposal.accept(level="team")
            proposal.plan(implementer=self.plant.coauthor, due=timezone.localdate(now()))
            proposal.implement(note="已实施。", at=now())
        return case

    def open(self) -> AwardRound:
        """By the calendar. The month is the one before today's."""
        rounds = opening.open_due()
        self.case = rounds[-1].case
        return self.round

    @property
    def round(self) -> AwardRound:
        assert self.case is not None
        return AwardRound.objects.select_related("case__rules", "workshop").get(case=self.case)

    @contextmanager
    def turn(self, person: Person) -> Any:
        person = Person.objects.get(pk=person.pk)
        item = self.item(person)
        with turn(actor=person, case_id=item.case_id, item_id=item.pk) as held:
            yield held

    @contextmanager
    def turn_at(self, person: Person, item: WorkItem) -> Any:
        """With the task as it was on a page that has grown old."""
        with turn(actor=Person.objects.get(pk=person.pk), case_id=item.case_id, item_id=item.pk) as held:
            yield held

    def item(self, person: Person) -> WorkItem:
        assert self.case is not None
        items = WorkItem.objects.filter(case=self.case, state="open")
        return items.filter(person=person).first() or items.get(person=None)

    def do(self, person: Person, **typed: Any) -> None:
        """Fill in the form of the present step."""
        with self.turn(person) as held:
            form = held.kind.forms[held.step.node](typed, turn_case=held.case, person=person)
            assert form.is_valid(), form.errors
            form.save(held)

    def write(self, judge: Person, marks: dict[str, int] | int, comment: str = "看过现场。") -> None:
        """The same marks for every candidate that this judge may mark: by case number, or one for all."""
        seat = Seat.objects.select_related("round__case__rules").get(round=self.round, person=judge)
        rules = rules_of(seat.round.case)
        for candidate in marking.to_mark(seat):
            value = marks if isinstance(marks, int) else marks[candidate.proposal.case.number]
            marking.write(seat, candidate, {c.key: value for c in rules.criteria}, comment, rules)

    def seal(self, judge: Person) -> None:
        with self.turn(judge) as held:
            marking.seal_in_turn(held)

    def at(self) -> str:
        case = Case.objects.get(pk=self.case.pk)  # type: ignore[union-attr]
        if case.state == "closed":
            return "closed:" + case.standing
        return Step.objects.get(case=case, closed_at=None).node

    def wait_until(self, moment: datetime) -> None:
        """Time passes, and the clocks turn."""
        with injected(moment):
            clocks.turn()

    def until_announced(self, marks: dict[str, int] | int = 85) -> None:
        """Opened, marked by every judge in the same way, ranked, hung out."""
        self.open()
        self.do(self.officer)
        for judge in self.judges:
            self.write(judge, marks)
            self.seal(judge)
        self.do(self.officer)

    def until_confirmed(self) -> None:
        self.wait_until(self.round.publicity_until + timedelta(seconds=1))  # type: ignore[operator]
        self.do(self.officer)

    def candidate(self, case: Case) -> Candidate:
        return Candidate.objects.get(round=self.round, proposal__case=case)


def money(text: str) -> Decimal:
    return Decimal(text)
