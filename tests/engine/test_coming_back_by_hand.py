"""The case comes back to a step in which somebody sat by another's hand: they sit in it again."""

from __future__ import annotations

import pytest

from tests.proposal_story import Story
from workflows.engine import beside
from workflows.engine.models import WorkItem
from workflows.engine.turn import turn
from workflows.organisation.models import Person

pytestmark = pytest.mark.django_db


def seats(story: Story) -> dict[str, tuple[str, str]]:
    found = WorkItem.objects.filter(step=story.step()).values_list("person__name", "origin", "state")
    return {name: (origin, state) for name, origin, state in found}


def back_by_resume(story: Story, returner: Person) -> None:
    story.act(returner, "return_to", "revision", then="resume", reason="补图")
    story.act(story.plant.author, "complete")


def test_whoever_a_task_was_transferred_to_has_it_when_it_resumes_and_again(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "transfer", plant.section_member)
    for _time in range(2):
        back_by_resume(story, plant.section_member)
        assert seats(story) == {plant.section_member.name: ("given", "open")}
    story.act(plant.section_member, "approve")
    assert story.at() == "section_review"
    beside.take_back(actor=plant.section_member, case_id=story.case.pk)
    assert seats(story) == {plant.section_member.name: ("given", "open")}


def test_where_all_sign_the_transferee_signs_again_and_not_who_passed_it_on(story: Story) -> None:
    plant, (first, second, third) = story.plant, story.plant.section_chiefs
    story.file()
    story.act(plant.team_leader, "approve")
    story.act(first, "transfer", plant.section_member)
    story.act(plant.section_member, "approve")
    for returner in (second, third):
        back_by_resume(story, returner)
        assert seats(story) == {
            second.name: ("named", "open"), third.name: ("named", "open"),
            plant.section_member.name: ("carried", "done"),
        }  # fmt: skip


def test_added_signers_sit_beside_whoever_had_the_task_and_removed_ones_do_not(story: Story) -> None:
    plant = story.plant
    plant.hold(plant.teammate, "team_leader", plant.team)
    story.file()
    story.act(plant.team_leader, "add_signer", plant.section_member, "beside")
    story.act(plant.team_leader, "add_signer", plant.section_chiefs[0], "beside")
    item = story.item(plant.team_leader)
    gone = WorkItem.objects.get(step=story.step(), person=plant.section_chiefs[0])
    with turn(actor=plant.team_leader, case_id=item.case_id, item_id=item.pk) as t:
        t.remove_signer(gone.pk)
    back_by_resume(story, plant.section_member)
    assert seats(story) == {
        plant.team_leader.name: ("pool", "open"), plant.section_member.name: ("added", "open"),
    }  # fmt: skip
    story.act(plant.team_leader, "approve")
    assert story.at() == "team_review"
    story.act(plant.section_member, "approve")
    assert story.at() == "section_review"


def test_whoever_may_decide_no_more_is_passed_over(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "transfer", plant.section_member)
    story.act(plant.section_member, "return_to", "revision", then="resume", reason="补图")
    Person.objects.filter(pk=plant.section_member.pk).update(is_active=False)
    story.act(plant.author, "complete")
    assert WorkItem.objects.get(step=story.step()).origin == "pool"
    story.act(plant.team_leader, "approve")
    assert story.at() == "section_review"
