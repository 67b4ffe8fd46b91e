"""Two people, or one impatient one, press at the same moment."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from tests.plant import Plant
from tests.proposal_story import Story, publish_rules
from tests.together import at_once
from workflows.engine.models import Decision
from workflows.organisation.models import Person, Role

pytestmark = pytest.mark.django_db(transaction=True)


def together(plant: Plant, url: str, people: list[Person], token: str = "") -> list[Any]:
    def press(person: Person) -> Any:
        typed = {"verb": "approve", "token": token or str(uuid4()), "reason": "同意 试行"}
        return plant.client(person).post(url, typed)

    return at_once(*(partial(press, person) for person in people))


def test_two_leaders_of_one_pool(plant: Plant) -> None:
    publish_rules(plant)
    second = plant.teammate
    plant.hold(second, Role.TEAM_LEADER, plant.team)
    story = Story(plant)
    case = story.file()
    url = reverse("decide", args=[case.number, story.item(plant.team_leader).pk])
    answers = together(plant, url, [plant.team_leader, second])
    assert sorted(a.status_code for a in answers) == [303, 409]
    late = next(a for a in answers if a.status_code == 409).content.decode()
    assert "同意 试行" in late and "来晚一步" in late
    assert Decision.objects.filter(case=case, verb="approve").count() == 1
    assert story.at() == "section_review"


def test_a_double_click_on_two_connections(plant: Plant) -> None:
    publish_rules(plant)
    story = Story(plant)
    case = story.file()
    url = reverse("decide", args=[case.number, story.item(plant.team_leader).pk])
    answers = together(plant, url, [plant.team_leader, plant.team_leader], token=str(uuid4()))
    assert sorted(a.status_code for a in answers) == [303, 409]
    assert "只记一次" in next(a for a in answers if a.status_code == 409).content.decode()
    assert Decision.objects.filter(case=case, verb="approve").count() == 1
