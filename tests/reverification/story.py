"""A proposal a year after its effect was verified, with an award that was paid or without one."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from innovation.awards import opening as rounds
from innovation.awards.models import AwardRound, Candidate, Payment
from innovation.proposals.models import Proposal
from innovation.reverification import opening
from innovation.reverification.models import Reverification
from tests.awards.award_story import AwardStory
from tests.plant import Plant
from tests.proposal_story import Story
from workflows.engine import kinds, rulebook
from workflows.engine.models import Case, RuleVersion, Step, WorkItem
from workflows.engine.turn import turn
from workflows.ledger.clock import injected, now
from workflows.organisation.models import Person

BOOKED = Decimal("90000.00")


def publish_rules(plant: Plant, **changes: Any) -> RuleVersion:
    content = copy.deepcopy(dict(kinds.get("reverification").first_rules)) | changes
    version = rulebook.draft(
        actor=plant.drafter, kind="reverification", unit=plant.workshop, content=content, note="首版"
    )
    rulebook.submit(actor=plant.drafter, version_id=version.pk)
    return rulebook.publish(actor=plant.publisher, version_id=version.pk, read=version.digest)


@dataclass
class YearStory:
    plant: Plant
    awards: AwardStory = field(init=False)
    case: Case | None = None
    later: datetime | None = None

    def __post_init__(self) -> None:
        self.awards = AwardStory(self.plant)
        self.awards.begin()

    def verified(self, *, title: str = "分布锥改双层导流", saving: str = "90000.00", **options: Any) -> Proposal:
        """Implemented last month, its effect verified on the same day."""
        case = self.awards.implemented(title, **options)
        with injected(now() - timedelta(days=40)):
            proposal = Proposal.objects.get(case=case)
            proposal.report_effect(saving=Decimal(saving), added_cost=Decimal(0), investment=Decimal(0))
            proposal.verify(by=self.plant.finance, at=now())
        return proposal

    def paid(self, proposal: Proposal) -> Candidate:
        """A whole round, from the calendar to the pay-out: ¥3000 to two authors."""
        told = self.awards
        told.open()
        told.do(told.officer)
        for judge in told.judges:
            told.write(judge, 95)
            told.seal(judge)
        told.do(told.officer)
        told.wait_until(told.round.publicity_until + timedelta(seconds=1))  # type: ignore[operator]
        with injected(told.round.publicity_until + timedelta(hours=1)):  # type: ignore[operator]
            told.do(told.officer)
            told.do(self.plant.finance)
        return Candidate.objects.awarded().get(proposal=proposal)

    @contextmanager
    def a_year_on(self, days: int = 366) -> Iterator[None]:
        with injected(now() + timedelta(days=days)):
            yield

    def open(self) -> Reverification:
        opened = opening.open_due()
        self.case = opened[0].case
        return self.row

    @property
    def row(self) -> Reverification:
        return Reverification.objects.select_related("proposal__case", "case").get(case=self.case)

    def at(self) -> str:
        case = Case.objects.get(pk=self.case.pk)  # type: ignore[union-attr]
        if case.state == "closed":
            return "closed:" + case.standing
        return Step.objects.get(case=case, closed_at=None).node

    def item(self, person: Person) -> WorkItem:
        items = WorkItem.objects.filter(case=self.case, state="open")
        return items.filter(person=person).first() or items.get(person=None)

    def act(self, person: Person, verb: str, /, *args: Any, **kwargs: Any) -> None:
        person = Person.objects.get(pk=person.pk)
        item = self.item(person)
        with turn(actor=person, case_id=item.case_id, item_id=item.pk) as held:
            getattr(held, verb)(*args, **kwargs)

    def report(self, person: Person | None = None, **typed: str) -> None:
        person = Person.objects.get(pk=(person or self.plant.author).pk)
        item = self.item(person)
        given = {"saving": "90000", "added_cost": "", "investment": "", "note": "十二个月的计量。"} | typed
        with turn(actor=person, case_id=item.case_id, item_id=item.pk) as held:
            form = held.kind.forms[held.step.node](given, turn_case=held.case, person=person)
            assert form.is_valid(), form.errors
            form.save(held)

    def verify(self, **typed: str) -> None:
        self.report(**typed)
        self.act(self.plant.finance, "approve")


def due(plant: Plant, *, award: bool) -> Case:
    """A case that has come due now: its effect was verified long ago, and its award paid or never given."""
    case = Story(plant).file(benefit="10000.00", cost="0")
    proposal = Proposal.objects.get(case=case)
    with injected(now() - timedelta(days=400)):
        proposal.accept(level="team")
        proposal.plan(implementer=plant.coauthor, due=timezone.localdate(now()))
        proposal.implement(note="已实施。", at=now())
        proposal.report_effect(saving=BOOKED, added_cost=Decimal(0), investment=Decimal(0))
        proposal.verify(by=plant.finance, at=now())
    if award:
        _award(plant, proposal)
    (row,) = opening.open_due()
    return row.case


def _award(plant: Plant, proposal: Proposal) -> None:
    """As a round leaves it behind, without the round's days."""
    month = timezone.localdate(now()).replace(day=1)
    round = AwardRound.objects.first() or rounds.open_round(plant.workshop, month)
    candidate, _made = Candidate.objects.get_or_create(
        round=round, proposal=proposal, defaults={"level": "team", "filed_at": now()}
    )
    graded = {"score": "95/1", "rank": 1, "grade": "一等奖", "amount": Decimal(3000), "unscaled": Decimal(3000)}
    Candidate.objects.filter(pk=candidate.pk).update(**graded)
    for author in proposal.authorships.select_related("person"):
        Payment.objects.create(
            workshop=plant.workshop, round=round, candidate=candidate, person=author.person, unit=author.person.unit,
            amount=Decimal(1500), created_at=now(),
        )  # fmt: skip
