"""A monthly check walked through its pages: scored, answered, confirmed, put right, looked at."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from maintenance_audit.assessments import opening
from maintenance_audit.assessments.models import Assessment
from tests.case_story import hand_in_and_publish
from tests.findings import story as findings
from tests.plant import Plant
from workflows.engine import kinds, rulebook
from workflows.engine.models import Case, RuleVersion, Step, WorkItem
from workflows.ledger.clock import now
from workflows.organisation.models import Person, Unit


def publish_rules(plant: Plant, **changes: Any) -> RuleVersion:
    content = copy.deepcopy(dict(kinds.get("assessment").first_rules)) | changes
    version = rulebook.draft(actor=plant.drafter, kind="assessment", unit=plant.workshop, content=content, note="首版")
    return hand_in_and_publish(plant, version)


def begin(plant: Plant) -> None:
    findings.people(plant)
    findings.publish_rules(plant)
    publish_rules(plant)


def this_month() -> date:
    return timezone.localdate(now()).replace(day=1)


@dataclass
class CheckStory:
    plant: Plant
    case: Case | None = None

    def planned(self, unit: Unit | None = None) -> Case:
        row = opening.open_for(self.plant.workshop, unit or self.plant.section, this_month())
        assert row is not None
        self.case = row.case
        return row.case

    def who(self, key: str) -> Person:
        return self.plant.extra[key]

    @property
    def row(self) -> Assessment:
        return Assessment.objects.select_related("unit", "case").get(case=self.case)

    def at(self) -> str:
        case = Case.objects.get(pk=self.case.pk)
        return f"closed:{case.standing}" if case.state == "closed" else self.step().node

    def step(self) -> Step:
        return Step.objects.get(case=self.case, closed_at=None)

    def address(self, person: Person) -> str:
        items = WorkItem.objects.filter(step=self.step(), state="open")
        item = items.filter(person=person).first() or items.filter(person=None).first() or items.get()
        return reverse("decide", args=[self.case.number, item.pk])

    def send(self, person: Person, verb: str, /, **typed: Any) -> Any:
        sent = {"verb": verb, "sheet": "1", "token": str(uuid4()), **typed}
        return self.plant.client(person).post(self.address(person), sent)

    def act(self, person: Person, verb: str, /, **typed: Any) -> None:
        answer = self.send(person, verb, **typed)
        assert answer.status_code == 303, (answer.status_code, answer.content.decode()[:3000])

    @staticmethod
    def typed(**changes: Any) -> dict[str, Any]:
        """Item 2 has lost 8 of its 20 points."""
        due = findings.FindingStory.day(10)
        return {"note": "查现场和台账。", "lost-2": 8, "note-2": "三处隐蔽工程没有照片。", "due-2": due} | {
            name.replace("_", "-"): value for name, value in changes.items()
        }

    def score(self, person: Person | None = None, **changes: Any) -> None:
        self.act(person or self.who("top_checker"), "complete", **self.typed(**changes))

    def answer(self, person: Person | None = None, stand: str = "accept") -> None:
        self.act(person or self.plant.section_chiefs[1], "complete", stand=stand, words="情况属实，马上改。")

    def confirm(self) -> None:
        self.act(self.who("lead"), "approve")

    def page(self, person: Person, name: str, *args: Any, **query: str) -> str:
        answer = self.plant.client(person).get(reverse(name, args=args), query)
        assert answer.status_code == 200, answer.status_code
        return str(answer.content.decode())
