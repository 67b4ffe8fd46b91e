"""Telling a proposal's story in tests: file it, and let people act on it through the services."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.utils import timezone

from innovation.proposals.models import Authorship, Proposal
from innovation.proposals.rules import DEFAULT_RULES
from tests.plant import Plant
from workflows.engine import rulebook
from workflows.engine.models import Case, RuleVersion, Step, WorkItem
from workflows.engine.opening import open_case
from workflows.engine.turn import turn
from workflows.organisation.models import Person


def publish_rules(plant: Plant, **changes: Any) -> RuleVersion:
    content = copy.deepcopy(DEFAULT_RULES) | changes
    version = rulebook.draft(actor=plant.drafter, kind="proposal", unit=plant.workshop, content=content, note="首版")
    rulebook.submit(actor=plant.drafter, version_id=version.pk)
    return rulebook.publish(actor=plant.publisher, version_id=version.pk, read=version.digest)


@dataclass
class Story:
    plant: Plant
    case: Case | None = None

    def file(
        self,
        *,
        benefit: str = "1860000.00",
        cost: str = "236000.00",
        category: str = "technology",
        author: Person | None = None,
        coauthors: tuple[Person, ...] | None = None,
        title: str = "分布锥改双层导流",
    ) -> Case:
        author = author or self.plant.author
        together = (self.plant.coauthor,) if coauthors is None else coauthors

        def business(case: Case) -> None:
            proposal = Proposal.objects.create(
                case=case,
                category=category,
                present_state="单层导流",
                method="改双层导流",
                forecast_benefit=Decimal(benefit),
                cost=Decimal(cost),
            )
            for place, person in enumerate((author, *together), 1):
                Authorship.objects.create(proposal=proposal, person=person, place=place, share=1)

        self.case = open_case(
            actor=author,
            kind="proposal",
            token=uuid4(),
            title=title,
            unit=author.unit,
            parties=[(author.pk, "author"), *((p.pk, "co_author") for p in together)],
            content_digest="0" * 64,
            business=business,
        )
        return self.case

    def step(self) -> Step:
        assert self.case is not None
        return Step.objects.get(case=self.case, closed_at=None)

    def item(self, person: Person) -> WorkItem:
        """The open item that this person holds or may take."""
        items = WorkItem.objects.filter(step=self.step(), state="open")
        return items.filter(person=person).first() or items.get(person=None)

    def act(self, person: Person, verb: str, /, *args: Any, **kwargs: Any) -> None:
        person = Person.objects.get(pk=person.pk)
        item = self.item(person)
        with turn(actor=person, case_id=item.case_id, item_id=item.pk) as t:
            getattr(t, verb)(*args, **kwargs)

    def at(self) -> str:
        case = Case.objects.get(pk=self.case.pk)
        return "closed:" + case.standing if case.state == "closed" else self.step().node

    def accept_to_the_top(self) -> None:
        self.act(self.plant.team_leader, "approve")
        for chief in self.plant.section_chiefs:
            self.act(chief, "approve")
        for reviewer in self.plant.reviewers[:4]:
            self.act(reviewer, "approve")

    def arrange(self, person: Person | None = None) -> None:
        chief = person or self.plant.section_chiefs[0]
        item = self.item(chief)
        with turn(actor=chief, case_id=item.case_id, item_id=item.pk) as t:
            t.case.proposal.plan(implementer=self.plant.coauthor, due=timezone.localdate() + timedelta(days=30))
            t.complete()
