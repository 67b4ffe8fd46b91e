"""A plant whose three levels each decide by one signature, and one way of deciding for each contestant.

Each way files a fresh case and yields its three decisions, one after the other, ready to be timed.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.test import Client

from benchmarks import by_hand, spiff
from benchmarks.beside import Act, Next
from benchmarks.http import Browser, Request
from benchmarks.shipped.flows import ReviewFlow
from innovation.proposals.rules import DEFAULT_RULES
from tests import plant as plants
from tests.proposal_story import Story, publish_rules
from workflows.engine import plant_calendar
from workflows.engine.models import Case, WorkItem
from workflows.engine.turn import turn
from workflows.organisation.models import Person

LEVELS = ("team", "section", "workshop")
ROLES = ("team_leader", "section_chief", "workshop_reviewer")
SAID = "同意"


class Field:
    def __init__(self) -> None:
        self.plant = plants.build()
        for year in (2025, 2026):
            plant_calendar.import_year(year)
        publish_rules(self.plant, levels=_one_signature_each())
        self.story = Story(self.plant)
        self.signers = [self.plant.team_leader, self.plant.section_chiefs[0], self.plant.reviewers[0]]
        self.units = [self.plant.team, self.plant.section, self.plant.workshop]
        self.browsers = [Browser(person, signed_in(person)) for person in self.signers]

    def leads_to(self) -> list[Next]:
        plant = self.plant
        return [
            Next("team_authority", "EXCLUSIVE_GATEWAY", "section_review", "section_chief", plant.section),
            Next("section_authority", "EXCLUSIVE_GATEWAY", "workshop_review", "workshop_reviewer", plant.workshop),
            Next("accept", "FUNCTION", "arrangement", "section_chief", plant.section, plant.workshop),
        ]

    def items(self) -> Iterator[tuple[int, WorkItem]]:
        """Each step's item when it is that step's turn, of a case filed now."""
        self.story.file()
        for place, person in enumerate(self.signers):
            yield place, self.story.item(person)

    # ------------------------------------------------------------------ without HTTP
    def by_hand(self) -> Iterator[Act]:
        ways = self.leads_to()
        for place, item in self.items():
            yield lambda place=place, item=item: by_hand.approve(item.pk, self.signers[place], SAID, ways[place])

    def service(self) -> Iterator[Act]:
        def decide(person: Person, item: WorkItem) -> None:
            with turn(actor=person, case_id=item.case_id, item_id=item.pk, token=uuid4()) as t:
                t.approve(SAID)

        for place, item in self.items():
            # A request brings its person freshly read.
            person = Person.objects.select_related("unit").get(pk=self.signers[place].pk)
            yield lambda person=person, item=item: decide(person, item)

    def spiff(self) -> Iterator[Act]:
        case = self.story.file()
        spiff.file(case, benefit=1860000, cost=236000)
        for place, (person, to) in enumerate(zip(self.signers, self.leads_to(), strict=True)):
            yield lambda place=place, person=person, to=to: spiff.approve(
                case.pk, place + 1, ROLES[place], person, SAID, to
            )

    # ------------------------------------------------------------------ over HTTP
    def one_statement(self) -> Iterator[Act]:
        self.story.file()
        item = self.story.item(self.signers[0])
        for browser in self.browsers:
            request = browser.get(f"/one-statement/{item.pk}/")
            yield lambda request=request: request.send(200)

    def page(self) -> Iterator[Act]:
        for place, item in self.items():
            form = {"verb": "approve", "reason": SAID, "token": str(uuid4())}
            request = self.browsers[place].post(f"/cases/{item.case.number}/tasks/{item.pk}/", form)
            yield lambda request=request: request.send(303)

    def shipped(self) -> Iterator[Act]:
        process = ReviewFlow.file.run(**self._told_to_viewflow(self.story.file()))
        process = getattr(process, "process", process)
        for browser, level in zip(self.browsers, LEVELS, strict=True):
            task = process.task_set.get(status="NEW", flow_task_type="HUMAN")
            url = f"/shipped/{process.pk}/{level}_review/{task.pk}"
            posts = [browser.post(f"{url}/assign/", {}), browser.post(f"{url}/execute/", {level: "on"})]
            yield lambda posts=posts: _send_all(posts)

    def _told_to_viewflow(self, case: Case) -> dict[str, Any]:
        known = {"case": case.pk, "number": case.number, "title": case.title, "digest": case.content_digest}
        levels = {
            f"{level}_review": {
                "permission": f"engine.{role}_{unit.pk}",
                "here": {"place": place, "role": role},
                "next": [to.role, to.unit.pk],
            }
            for place, (level, role, unit, to) in enumerate(
                zip(LEVELS, ROLES, self.units, self.leads_to(), strict=True), 1
            )
        }
        return {"case": known, "levels": levels}


def signed_in(person: Person) -> str:
    """The key of a session of this person."""
    client = Client()
    client.force_login(person, backend="workflows.organisation.backends.EmployeeBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _send_all(posts: list[Request]) -> None:
    for post in posts:
        post.send(302)


def _one_signature_each() -> list[dict[str, Any]]:
    levels = copy.deepcopy(DEFAULT_RULES["levels"])
    for level in levels:
        level["mode"] = "one"
        level.pop("quorum", None)
        level.pop("pass_share", None)
    return levels
