"""Returned twice, taken back, appealed: what stands, and who has it before them."""

from __future__ import annotations

import pytest

from tests.proposal_story import Story, publish_rules
from workflows.engine import beside, queue
from workflows.engine.models import WorkItem
from workflows.organisation.models import Person

pytestmark = pytest.mark.django_db


def origins(story: Story) -> dict[str, str]:
    return dict(WorkItem.objects.filter(step=story.step()).values_list("person__name", "origin"))


def at_the_section(story: Story) -> Story:
    story.file()
    story.act(story.plant.team_leader, "approve")
    return story


def test_an_approval_carried_once_stands_at_the_second_return_too(story: Story) -> None:
    plant, (first, second, third) = story.plant, story.plant.section_chiefs
    at_the_section(story).act(first, "approve")
    for chief in (second, third):
        story.act(chief, "return_to", "revision", then="resume", reason="补图")
        story.act(plant.author, "complete")
        assert origins(story)[first.name] == "carried"
    story.act(second, "approve")
    story.act(third, "approve")
    assert story.at() == "workshop_review"


def test_votes_stand_when_another_voter_takes_theirs_back(story: Story) -> None:
    plant = story.plant
    at_the_section(story)
    for chief in plant.section_chiefs:
        story.act(chief, "approve")
    for reviewer, verb in zip(plant.reviewers, ("approve", "abstain", "approve", "approve"), strict=False):
        story.act(reviewer, verb)
    assert story.at() == "arrangement"
    beside.take_back(actor=plant.reviewers[3], case_id=story.case.pk)
    assert [origins(story)[p.name] for p in plant.reviewers] == ["carried", "carried", "carried", "named", "named"]
    # Two in favour, one abstention, as they were cast: one vote against still leaves it at two thirds.
    story.act(plant.reviewers[3], "reject", "不划算")
    assert story.at() == "workshop_review"
    story.act(plant.reviewers[4], "approve")
    assert story.at() == "arrangement"


def test_who_decided_before_the_appeal_does_not_find_it_in_the_queue(story: Story) -> None:
    plant = story.plant
    from tests.proposal_story import DEFAULT_RULES

    levels = [level | {"mode": "one"} for level in DEFAULT_RULES["levels"]]
    publish_rules(plant, levels=levels)
    case = at_the_section(story).case
    story.act(plant.section_chiefs[0], "reject", "已有")
    story.act(plant.author, "complete", "不同", verb="appeal")
    assert story.at() == "workshop_review"
    reviewer, other = (Person.objects.get(pk=p.pk) for p in plant.reviewers[:2])
    story.act(reviewer, "reject", "同意工段意见")
    assert story.at() == "closed:rejected"
    again = Story(plant)
    at_the_section(again)
    again.act(plant.section_chiefs[0], "approve")
    again.act(reviewer, "reject", "已有")
    again.act(plant.author, "complete", "不同", verb="appeal")
    assert again.at() == "appeal_panel"
    for person, sees in ((reviewer, False), (other, True)):
        person = Person.objects.get(pk=person.pk)
        assert queue.waiting_for(person).filter(case=again.case).exists() == sees
        assert queue.claimable(person).filter(case=again.case).exists() == sees
        page = plant.client(person).get(f"/cases/{again.case.number}/").content.decode()
        assert (f"/cases/{again.case.number}/tasks/" in page) == sees
    assert case.number != again.case.number
