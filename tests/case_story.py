"""A case of any kind walked through its pages: where it stands, whose turn it is, what they send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.urls import reverse

from tests.plant import Plant
from workflows.engine import kinds, rulebook
from workflows.engine.models import Case, RuleVersion, Step, WorkItem
from workflows.organisation.models import Person


def publish_rules_of(plant: Plant, kind: str, **changes: Any) -> RuleVersion:
    """The kind's first rules with these changes, at the workshop, by two people."""
    content = dict(kinds.get(kind).first_rules) | changes
    version = rulebook.draft(actor=plant.drafter, kind=kind, unit=plant.workshop, content=content, note="首版")
    return hand_in_and_publish(plant, version)


def hand_in_and_publish(plant: Plant, version: RuleVersion) -> RuleVersion:
    rulebook.submit(actor=plant.drafter, version_id=version.pk)
    return rulebook.publish(actor=plant.publisher, version_id=version.pk, read=version.digest)


@dataclass
class CaseStory:
    plant: Plant
    case: Case | None = None

    def filed(self, url: str, person: Person, typed: dict[str, Any]) -> Case:
        answer = self.plant.client(person).post(reverse(url), typed)
        assert answer.status_code == 303, answer.context["form"].errors
        self.case = Case.objects.get(number=answer["Location"].split("/")[2])
        return self.case

    def step(self) -> Step:
        assert self.case is not None
        return Step.objects.get(case=self.case, closed_at=None)

    def at(self) -> str:
        assert self.case is not None
        self.case.refresh_from_db()
        return f"closed:{self.case.standing}" if self.case.state == "closed" else self.step().node

    def item(self, person: Person) -> WorkItem:
        items = WorkItem.objects.filter(step=self.step(), state="open")
        return items.filter(person=person).first() or items.get(person=None)

    def address(self, person: Person, *more: str) -> str:
        item = self.item(person)
        return reverse("decide_sheet" if more else "decide", args=[item.case.number, item.pk, *more])

    def send(self, person: Person, verb: str, /, **typed: Any) -> Any:
        sent = {"verb": verb, "sheet": "1", "token": str(uuid4()), **typed}
        return self.plant.client(person).post(self.address(person), sent)

    def act(self, person: Person, verb: str, /, **typed: Any) -> None:
        answer = self.send(person, verb, **typed)
        assert answer.status_code == 303, answer.content.decode()

    def page(self, person: Person, address: str = "", **query: str) -> str:
        assert self.case is not None
        url = address or reverse("case", args=[self.case.number])
        answer = self.plant.client(person).get(url, query, follow=True)
        assert answer.status_code == 200, answer.status_code
        return str(answer.content.decode())
