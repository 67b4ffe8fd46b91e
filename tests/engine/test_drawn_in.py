"""Added, asked, removed, gone: what becomes of those who wait for one another."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from tests.proposal_story import Story
from workflows.engine import beside, clocks, queue
from workflows.engine.errors import BadMove
from workflows.engine.models import WorkItem
from workflows.engine.turn import turn
from workflows.ledger.clock import now
from workflows.organisation.absences import declare_absence
from workflows.organisation.models import Person, RoleHolding

pytestmark = pytest.mark.django_db


def states(story: Story) -> dict[str, str]:
    return dict(WorkItem.objects.filter(step=story.step()).values_list("person__name", "state"))


def part(story: Story, person: Person) -> WorkItem:
    return WorkItem.objects.get(step=story.step(), person=person)


def remove(story: Story, actor: Person, whom: Person) -> None:
    item = part(story, actor)
    with turn(actor=Person.objects.get(pk=actor.pk), case_id=item.case_id, item_id=item.pk) as t:
        t.remove_signer(part(story, whom).pk)


def test_who_was_only_asked_removes_nobody_and_nobody_removes_themself(story: Story) -> None:
    plant, (first, second, _third) = story.plant, story.plant.section_chiefs
    story.file()
    story.act(plant.team_leader, "approve")
    story.act(first, "add_signer", plant.section_member, "beside")
    story.act(second, "consult", plant.teammate, "？")
    for actor in (plant.teammate, plant.section_member):
        with pytest.raises(BadMove):
            remove(story, actor, plant.section_member)
    remove(story, first, plant.section_member)


def test_an_opinion_for_somebody_removed_is_waited_for_no_more(story: Story) -> None:
    plant, (first, second, _third) = story.plant, story.plant.section_chiefs
    story.file()
    story.act(plant.team_leader, "approve")
    story.act(first, "add_signer", plant.section_member, "beside")
    story.act(plant.section_member, "consult", plant.teammate, "？")
    remove(story, second, plant.section_member)
    assert states(story)[plant.teammate.name] == "cancelled"


def test_who_waits_for_somebody_gone_goes_on(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "add_signer", plant.teammate, "before")
    Person.objects.filter(pk=plant.teammate.pk).update(is_active=False)
    clocks.turn()
    assert states(story) == {plant.team_leader.name: "open", plant.teammate.name: "cancelled"}
    story.act(plant.team_leader, "approve")
    assert story.at() == "section_review"


def test_what_a_substitute_returned_comes_back_to_the_absent_one(story: Story) -> None:
    plant = story.plant
    plant.hold(plant.section_member, "team_leader", plant.team)
    story.file()
    until = now() + timedelta(days=3)
    declare_absence(actor=plant.team_leader, substitute=plant.stranger, starts_at=None, ends_at=until)
    story.act(plant.stranger, "return_to", "revision", then="resume", reason="补图")
    story.act(plant.author, "complete")
    assert story.item(plant.team_leader).person == plant.team_leader


def test_passing_up_by_the_rules_does_not_keep_one_from_taking_back(story: Story) -> None:
    plant = story.plant
    RoleHolding.objects.filter(role="section_chief").update(ends_at=now())
    story.file()
    story.act(plant.team_leader, "approve")
    assert story.at() == "workshop_review"
    beside.take_back(actor=plant.team_leader, case_id=story.case.pk)
    assert story.at() == "team_review"


def test_carried_approvals_do_not_keep_the_author_from_taking_the_mended_one_back(story: Story) -> None:
    plant, (first, second, _third) = story.plant, story.plant.section_chiefs
    story.file()
    story.act(plant.team_leader, "approve")
    story.act(first, "approve")
    story.act(second, "return_to", "revision", then="resume", reason="补图")
    story.act(plant.author, "complete")
    beside.take_back(actor=plant.author, case_id=story.case.pk)
    assert story.at() == "revision"
    story.act(plant.author, "complete")
    assert states(story)[first.name] == "done" and story.at() == "section_review"


def test_who_signs_beside_does_not_take_the_pools_task_as_well(story: Story) -> None:
    """The first gives the task back; the signer beside them leads the team, too, and has a part already."""
    plant, beside_them = story.plant, story.plant.teammate
    plant.hold(beside_them, "team_leader", plant.team)
    case = story.file()
    pool = story.item(plant.team_leader)
    story.act(plant.team_leader, "add_signer", beside_them, "beside")
    story.act(plant.team_leader, "release")
    own = part(story, beside_them)
    assert set(queue.waiting_for(beside_them)) == {own}
    assert [row.pk for row in queue.front(queue.ways(beside_them, queue.seats_of(beside_them)), 9)] == [own.pk]
    for verb in ("claim", "approve"):
        sent = {"verb": verb, "token": str(uuid4())}
        answer = plant.client(beside_them).post(reverse("decide", args=[case.number, pool.pk]), sent)
        assert answer.status_code in (400, 422) and "已有一份" in answer.content.decode()
    assert plant.client(beside_them).get(reverse("decide", args=[case.number, pool.pk])).status_code < 500
    story.act(beside_them, "approve")
    assert story.at() == "team_review" and not queue.waiting_for(beside_them).exists()
    story.act(plant.team_leader, "approve")
    assert story.at() == "section_review"


def test_a_pool_of_nobody_but_its_signer_is_found(story: Story) -> None:
    plant, beside_them = story.plant, story.plant.teammate
    plant.hold(beside_them, "team_leader", plant.team)
    story.file()
    story.act(plant.team_leader, "add_signer", beside_them, "beside")
    RoleHolding.objects.filter(person=plant.team_leader, role="team_leader").update(ends_at=now())
    story.act(beside_them, "approve")
    clocks.turn()
    assert story.at() == "section_review"
