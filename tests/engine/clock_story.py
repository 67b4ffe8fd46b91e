"""Letting a step's time pass in a story, and what was told of it."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

from django.urls import reverse

from innovation.proposals.rules import DEFAULT_RULES
from tests.proposal_story import Story
from workflows.engine import clocks
from workflows.engine.models import Decision, Step
from workflows.ledger.clock import injected
from workflows.notices.models import Outbox
from workflows.organisation.models import Person


def beat(at: datetime) -> int:
    with injected(at):
        return clocks.turn()


def verbs(step: Step) -> list[str]:
    return list(Decision.objects.filter(step=step, actor=None).order_by("pk").values_list("verb", flat=True))


def told(event: str) -> list[str]:
    rows = Outbox.objects.filter(event=f"engine.task.{event}", channel="in_product")
    return sorted(rows.values_list("recipient__name", flat=True))


def names(people: list[Person]) -> list[str]:
    return sorted(p.name for p in people)


def levels(**changes: dict[str, Any]) -> list[dict[str, Any]]:
    made = copy.deepcopy(DEFAULT_RULES["levels"])
    return [level | changes.get(level["level"], {}) for level in made]


def small(story: Story) -> Step:
    """A small improvement, at the team leader."""
    story.file(benefit="1000.00", cost="10.00")
    return story.step()


def escalated(story: Story) -> Step:
    step = story.step()
    beat(step.escalate_at)
    step.refresh_from_db()
    assert step.escalated_at
    return step


def page(story: Story, person: Person) -> str:
    answer = story.plant.client(person).get(reverse("case", args=[story.case.number]))
    assert answer.status_code == 200
    return answer.content.decode()
