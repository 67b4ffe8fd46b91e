"""After escalation the person above may decide, too: who that is, and what becomes of their part."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.engine.clock_story import beat, escalated, levels, names, page, small, told, verbs
from tests.plant import Plant
from tests.proposal_story import Story, publish_rules
from workflows.engine import clocks
from workflows.engine.errors import BadMove
from workflows.engine.models import WorkItem
from workflows.engine.turn import turn
from workflows.ledger.clock import now
from workflows.organisation.models import Role

pytestmark = pytest.mark.django_db


def test_either_decides_after_escalation(story: Story) -> None:
    small(story)
    escalated(story)
    story.act(story.plant.section_chiefs[1], "approve", reason="班长出差")
    assert story.at() == "arrangement"
    assert not WorkItem.objects.filter(case=story.case, state="open", step__node="team_review").exists()


def test_the_leader_may_still_decide_and_the_part_above_closes(story: Story) -> None:
    small(story)
    escalated(story)
    story.act(story.plant.team_leader, "approve")
    assert story.at() == "arrangement"
    above = WorkItem.objects.filter(case=story.case, origin="escalated")
    assert {i.state for i in above} == {"cancelled"} and above.count() == 3


def test_a_claimed_task_escalates_as_well(story: Story) -> None:
    small(story)
    story.act(story.plant.team_leader, "claim")
    step = story.step()
    assert beat(step.remind_at) == 1 and told("remind") == ["秦砺"]
    escalated(story)
    story.act(story.plant.section_chiefs[0], "reject", "没有说清怎么做")
    assert story.at() == "rejection"


@pytest.mark.parametrize("mode", ["any", "all"])
def test_signers_who_are_out_are_stood_in_for_by_the_person_above(plant: Plant, mode: str) -> None:
    publish_rules(plant, levels=levels(section={"mode": mode}))
    story = Story(plant)
    story.file()
    story.act(plant.team_leader, "approve")
    if mode == "all":
        story.act(plant.section_chiefs[0], "approve")
    plant.hold(plant.publisher, Role.SECTION_CHIEF, plant.workshop)
    step = escalated(story)
    assert told("escalated") == [plant.publisher.name]
    # Those who have signed stay signed, and are not counted with the one above.
    case = page(story, plant.section_chiefs[2])
    if mode == "all":
        assert "1/3" in case
    story.act(plant.publisher, "approve")
    step.refresh_from_db()
    assert step.outcome == "approved" and story.at() == "workshop_review"


def test_the_last_signers_end_an_escalated_all_of_step_themselves(story: Story) -> None:
    plant = story.plant
    plant.hold(plant.publisher, Role.SECTION_CHIEF, plant.workshop)
    story.file()
    story.act(plant.team_leader, "approve")
    escalated(story)
    for chief in plant.section_chiefs:
        story.act(chief, "approve")
    assert story.at() == "workshop_review"


def test_a_vote_without_quorum_escalates_at_its_deadline(story: Story) -> None:
    plant = story.plant
    plant.hold(plant.publisher, Role.WORKSHOP_REVIEWER, plant.company)
    story.file()
    story.act(plant.team_leader, "approve")
    for chief in plant.section_chiefs:
        story.act(chief, "approve")
    story.act(plant.reviewers[0], "approve")
    step = story.step()
    assert beat(step.due_at) == 1
    assert verbs(step) == ["overdue", "escalate"] and told("escalated") == [plant.publisher.name]
    item = WorkItem.objects.get(step=step, origin="escalated")
    with pytest.raises(BadMove), turn(actor=plant.publisher, case_id=item.case_id, item_id=item.pk) as held:
        held.abstain()
    story.act(plant.publisher, "approve")
    assert story.at() == "arrangement"


def test_a_vote_with_quorum_at_its_deadline_is_decided_by_what_is_in(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "approve")
    for chief in plant.section_chiefs:
        story.act(chief, "approve")
    for voter, verb in zip(plant.reviewers, ("approve", "approve", "reject", "abstain"), strict=False):
        story.act(voter, verb, *(["不值"] if verb == "reject" else []))
    step = story.step()
    assert beat(step.due_at) == 1 and verbs(step) == ["conclude"]
    assert story.at() == "arrangement"


def test_the_named_fallback_stands_in_where_nobody_has_the_role_above(story: Story) -> None:
    plant = story.plant
    plant.section.fallback = plant.section_member
    plant.section.save()
    small(story)
    escalated(story)
    assert told("escalated") == [plant.section_member.name]
    story.act(plant.section_member, "approve")
    assert story.at() == "arrangement"


def test_independence_keeps_the_person_above_out(story: Story) -> None:
    """A chief who is a co-author gets no part; the search goes on to the others."""
    plant = story.plant
    author = plant.author
    story.file(benefit="1000.00", cost="10.00", coauthors=(plant.section_chiefs[0], plant.section_chiefs[1]))
    escalated(story)
    assert told("escalated") == [plant.section_chiefs[2].name]
    assert author.name not in told("late")


def test_nobody_above_is_said_to_the_administrators(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "approve")
    for chief in plant.section_chiefs:
        story.act(chief, "approve")
    step = story.step()
    beat(step.due_at)
    assert verbs(step) == ["overdue", "escalate"] and told("escalated") == []
    assert told("nobody_above") == [plant.admin.name]
    assert "上面没有人" in page(story, plant.author)


def test_work_by_name_is_told_of_and_stays_whose_it_is(story: Story) -> None:
    """The implementer is late: the chief who gave out the work hears, twice; nobody else may report for them."""
    plant = story.plant
    story.file()
    story.accept_to_the_top()
    story.arrange()
    step = story.step()
    assert step.node == "implementation"
    beat(step.due_at)
    assert told("late") == names(plant.section_chiefs)
    beat(step.escalate_at)
    assert told("late_for_long") == names(plant.section_chiefs) and told("shared") == []
    assert not WorkItem.objects.filter(step=step, origin="escalated").exists()


def test_an_author_who_has_to_mend_is_reminded_and_not_escalated(story: Story) -> None:
    plant = story.plant
    story.file(benefit="1000.00", cost="10.00")
    story.act(plant.team_leader, "return_to", "revision", then="resume", reason="补一张照片")
    step = story.step()
    assert step.escalate_at is None
    beat(step.remind_at)
    beat(step.due_at)
    beat(step.due_at + timedelta(days=99))
    assert verbs(step) == ["remind", "overdue"]
    assert told("remind") == [plant.author.name] and told("late") == [plant.team_leader.name]


def test_whoever_it_escalated_to_loses_the_role_and_another_gets_the_part(story: Story) -> None:
    plant = story.plant
    small(story)
    step = escalated(story)
    gone = plant.section_chiefs[0]
    gone.holdings.update(ends_at=now())
    plant.hold(plant.stranger, Role.SECTION_CHIEF, plant.section)
    clocks.turn()
    open_to = WorkItem.objects.filter(step=step, origin="escalated", state="open")
    assert set(open_to.values_list("person__name", flat=True)) == {
        plant.stranger.name, plant.section_chiefs[1].name, plant.section_chiefs[2].name,
    }  # fmt: skip


def test_no_signer_beside_the_one_who_decides_alone(story: Story) -> None:
    plant = story.plant
    small(story)
    escalated(story)
    chief = plant.section_chiefs[0]
    with pytest.raises(BadMove):
        story.act(chief, "add_signer", plant.section_member, "beside")
    story.act(chief, "add_signer", plant.section_member, "before")
    story.act(plant.section_member, "approve")
    story.act(chief, "approve")
    assert story.at() == "arrangement"


def test_the_part_above_can_be_handed_on(story: Story) -> None:
    plant = story.plant
    small(story)
    escalated(story)
    story.act(plant.section_chiefs[0], "transfer", plant.section_member)
    story.act(plant.section_member, "approve")
    assert story.at() == "arrangement"
