"""A circle walked through its pages, by the people who would."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from tests.case_story import CaseStory, publish_rules_of
from tests.hazards.story import photo
from tests.plant import Plant
from workflows.engine.models import Case, RuleVersion
from workflows.ledger.clock import now
from workflows.organisation.models import Person, Role

STAGES = ("planning", "doing", "checking", "acting")


def publish_rules(plant: Plant, **changes: Any) -> RuleVersion:
    return publish_rules_of(plant, "circle", **changes)


def seat_judges(plant: Plant) -> list[Person]:
    people = [plant.other_leader, plant.other_chief, plant.finance]
    for person in people:
        plant.hold(person, Role.JUDGE, plant.workshop)
    return people


def begin(plant: Plant) -> None:
    publish_rules(plant)
    plant.extra["judges"] = seat_judges(plant)


class CircleStory(CaseStory):
    def typed(self, **changes: Any) -> dict[str, Any]:
        plant = self.plant
        day = (timezone.localdate(now()) + timedelta(days=90)).isoformat()
        return {
            "token": str(uuid4()), "name": "炉火小组", "unit": plant.team.pk, "leader": plant.author.employee_no,
            "members": f"{plant.coauthor.employee_no}，{plant.teammate.name}", "title": "减少渣口堵塞次数",
            "theme": "site", "why": "每月堵 6 次，停炉 4 小时。", "goal": "每月不超过 2 次", "planned_until": day,
        } | changes  # fmt: skip

    def register(self, person: Person | None = None, **changes: Any) -> Case:
        return self.filed("file_circle", person or self.plant.author, self.typed(**changes))

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
