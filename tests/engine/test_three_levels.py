"""A proposal walks team, section and workshop."""

from __future__ import annotations

import pytest

from tests.proposal_story import Story
from workflows.engine.errors import Late, NoSuchThing, Recused
from workflows.engine.models import Decision, WorkItem
from workflows.engine.turn import turn

pytestmark = pytest.mark.django_db


def test_a_small_improvement_ends_at_the_team_the_same_day(story: Story) -> None:
    case = story.file(benefit="46080.00", cost="300.00", category="small_improvement")
    story.act(story.plant.team_leader, "approve")
    case.refresh_from_db()
    assert case.proposal.accepted_level == "team"
    assert story.at() == "arrangement"


def test_a_large_one_sees_all_three_levels(story: Story) -> None:
    case = story.file()
    story.act(story.plant.team_leader, "approve", "烟尘率记录已核对")
    assert story.at() == "section_review"
    for chief in story.plant.section_chiefs:
        story.act(chief, "approve")
    assert story.at() == "workshop_review"
    for reviewer in story.plant.reviewers[:4]:
        story.act(reviewer, "approve")
    assert story.at() == "arrangement"
    case.refresh_from_db()
    assert (case.standing, case.proposal.accepted_level) == ("accepted", "workshop")
    assert Decision.objects.filter(case=case).count() == 1 + 1 + 3 + 4


def test_a_signer_returns_it_to_the_team_and_it_resumes_where_it_was(story: Story) -> None:
    story.file()
    chiefs = story.plant.section_chiefs
    story.act(story.plant.team_leader, "approve")
    story.act(chiefs[0], "approve")
    story.act(chiefs[1], "return_to", "team_review", then="resume", reason="缺三个班的记录")
    assert story.at() == "team_review"
    story.act(story.plant.team_leader, "approve", "已补")
    assert story.at() == "section_review"
    assert WorkItem.objects.get(step=story.step(), person=chiefs[0]).origin == "carried"
    story.act(chiefs[1], "approve")
    story.act(chiefs[2], "approve")
    assert story.at() == "workshop_review"


def test_an_author_cannot_decide_on_the_own_case(story: Story) -> None:
    plant = story.plant
    from workflows.organisation.models import Role

    plant.hold(plant.author, Role.TEAM_LEADER, plant.team)
    story.file()
    item = WorkItem.objects.get(step=story.step())
    with pytest.raises(Recused), turn(actor=plant.author, case_id=item.case_id, item_id=item.pk) as t:
        t.approve()


def test_foreign_ids_are_told_apart_from_nothing(story: Story) -> None:
    first = story.file()
    item = WorkItem.objects.get(case=first)
    second = story.file()
    with pytest.raises(NoSuchThing), turn(actor=story.plant.team_leader, case_id=second.pk, item_id=item.pk):
        raise AssertionError
    with pytest.raises(NoSuchThing), turn(actor=story.plant.stranger, case_id=first.pk, item_id=item.pk):
        raise AssertionError


def test_who_comes_second_hears_who_was_first(story: Story) -> None:
    case = story.file()
    item = WorkItem.objects.get(case=case)
    story.act(story.plant.team_leader, "approve")
    with pytest.raises(Late) as told, turn(actor=story.plant.team_leader, case_id=case.pk, item_id=item.pk):
        raise AssertionError
    assert told.value.by_oneself and told.value.verb == "approve"
