"""A circle walked through its pages, by the people who would."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from tests.hazards.story import hand_in_and_publish, photo
from tests.plant import Plant
from workflows.engine import kinds, rulebook
from workflows.engine.models import Case, RuleVersion, Step, WorkItem
from workflows.ledger.clock import now
from workflows.organisation.models import Person, Role

STAGES = ("planning", "doing", "checking", "acting")


def publish_rules(plant: Plant, **changes: Any) -> RuleVersion:
    content = dict(kinds.get("circle").first_rules) | changes
    version = rulebook.draft(actor=plant.drafter, kind="circle", unit=plant.workshop, content=content, note="首版")
    return hand_in_and_publish(plant, version)


def seat_judges(plant: Plant) -> list[Person]:
    people = [plant.other_leader, plant.other_chief, plant.finance]
    for person in people:
        plant.hold(person, Role.JUDGE, plant.workshop)
    return people


def begin(plant: Plant) -> None:
    publish_rules(plant)
    plant.extra["judges"] = seat_judges(plant)


@dataclass
class CircleStory:
    plant: Plant
    case: Case | None = None

    def typed(self, **changes: Any) -> dict[str, Any]:
        plant = self.plant
        day = (timezone.localdate(now()) + timedelta(days=90)).isoformat()
        return {
            "token": str(uuid4()), "name": "炉火小组", "unit": plant.team.pk, "leader": plant.author.employee_no,
            "members": f"{plant.coauthor.employee_no}，{plant.teammate.name}", "title": "减少渣口堵塞次数",
            "theme": "site", "why": "每月堵 6 次，停炉 4 小时。", "goal": "每月不超过 2 次", "planned_until": day,
        } | changes  # fmt: skip

    def register(self, person: Person | None = None, **changes: Any) -> Case:
        answer = self.plant.client(person or self.plant.author).post(reverse("file_circle"), self.typed(**changes))
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

    def send(self, person: Person, verb: str, /, **typed: Any) -> Any:
        item = self.item(person)
        sent = {"verb": verb, "sheet": "1", "token": str(uuid4()), **typed}
        return self.plant.client(person).post(reverse("decide", args=[item.case.number, item.pk]), sent)

    def act(self, person: Person, verb: str, /, **typed: Any) -> None:
        answer = self.send(person, verb, **typed)
        assert answer.status_code == 303, answer.content.decode()

    def hand_in(self, **changes: Any) -> None:
        """The stage that the circle is at."""
        more = {"reached": "每月 1.5 次"} if self.at() == "checking" else {}
        self.act(self.plant.author, "complete", **{"note": f"{self.at()} 做完。", "photos": [photo()]} | more | changes)

    def stage(self) -> None:
        self.hand_in()
        self.act(self.plant.section_chiefs[0], "approve", reason="看过，可以。")

    def up_to(self, node: str) -> None:
        """From the registration to this step."""
        if self.at() == "registration":
            self.act(self.plant.section_chiefs[0], "approve")
        while self.at() != node:
            self.stage()

    def marks(self, *marks: int) -> None:
        for judge, mark in zip(self.plant.extra["judges"], marks, strict=False):
            self.act(judge, "complete", mark=str(mark), words="数据扎实")

    def accepted(self, *marks: int) -> Case:
        self.up_to("presentation")
        self.marks(*(marks or (80, 91, 76)))
        self.act(self.plant.reviewers[0], "complete", words="可推广")
        assert self.case is not None
        return self.case

    def page(self, person: Person, address: str = "", **query: str) -> str:
        assert self.case is not None
        answer = self.plant.client(person).get(address or reverse("case", args=[self.case.number]), query, follow=True)
        assert answer.status_code == 200, answer.status_code
        return str(answer.content.decode())
