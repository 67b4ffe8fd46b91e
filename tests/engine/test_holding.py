"""A held case: who may let it go on, and what becomes of it when its people change meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.proposal_story import Story
from workflows.engine import beside, clocks
from workflows.engine.errors import NotYours
from workflows.engine.models import WorkItem
from workflows.ledger.clock import now
from workflows.organisation.models import Person, RoleHolding

pytestmark = pytest.mark.django_db


def fresh(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def lose_role(person: Person) -> None:
    RoleHolding.objects.filter(person=person).update(ends_at=now() - timedelta(minutes=1))


def offers(story: Story, person: Person) -> bool:
    page = story.plant.client(person).get(f"/cases/{story.case.number}/").content.decode()
    return f"/cases/{story.case.number}/acts/resume/" in page


def held_twice(story: Story) -> tuple[Person, Person]:
    """By the team leader, who decided since; now by the first chief of the section."""
    plant, chief = story.plant, story.plant.section_chiefs[0]
    story.file()
    story.act(plant.team_leader, "hold", "等图纸")
    beside.release_hold(actor=fresh(plant.team_leader), case_id=story.case.pk)
    story.act(plant.team_leader, "approve")
    story.act(chief, "hold", "等大修计划")
    return plant.team_leader, chief


def test_who_held_it_once_does_not_release_a_later_hold(story: Story) -> None:
    earlier, chief = held_twice(story)
    assert not offers(story, earlier) and offers(story, chief)
    with pytest.raises(NotYours):
        beside.release_hold(actor=fresh(earlier), case_id=story.case.pk)
    assert beside.release_hold(actor=fresh(story.plant.section_chiefs[1]), case_id=story.case.pk).verb == "resume"


def test_who_stopped_it_and_holds_the_role_no_more_does_not_release_it(story: Story) -> None:
    _earlier, chief = held_twice(story)
    lose_role(chief)
    clocks.turn()
    assert not offers(story, chief)
    with pytest.raises(NotYours):
        beside.release_hold(actor=fresh(chief), case_id=story.case.pk)


def test_a_task_back_in_its_pool_is_released_by_whoever_may_take_it(story: Story) -> None:
    plant = story.plant
    plant.hold(plant.section_member, "team_leader", plant.team)
    story.file()
    story.act(plant.team_leader, "hold", "等图纸")
    lose_role(plant.team_leader)
    clocks.turn()
    assert WorkItem.objects.get(step=story.step()).person is None
    assert offers(story, plant.section_member) and not offers(story, plant.team_leader)
    beside.release_hold(actor=fresh(plant.section_member), case_id=story.case.pk)
    story.act(plant.section_member, "approve")
    assert story.at() == "section_review"


def test_it_stands_still_even_if_the_last_signature_missing_is_missed_no_more(story: Story) -> None:
    plant, (first, second, third) = story.plant, story.plant.section_chiefs
    story.file()
    story.act(plant.team_leader, "approve")
    story.act(first, "approve")
    story.act(second, "approve")
    story.act(third, "hold", "等大修计划")
    lose_role(third)
    clocks.turn()
    assert story.at() == "section_review"
    beside.release_hold(actor=fresh(first), case_id=story.case.pk)
    clocks.turn()
    assert story.at() == "workshop_review"
