"""Adding signers, handing on, asking, standing in, taking back, nudging, copying, holding."""

from __future__ import annotations

import copy
from datetime import timedelta

import pytest

from innovation.proposals.rules import DEFAULT_RULES
from tests.plant import Plant
from tests.proposal_story import Story, publish_rules
from workflows.engine import beside, clocks
from workflows.engine.errors import BadMove, Late, NoSuchThing, NotYours, Recused
from workflows.engine.models import Case, Decision, WorkItem
from workflows.engine.turn import turn
from workflows.ledger.clock import injected, now
from workflows.notices.models import Outbox
from workflows.organisation.absences import declare_absence, end_absence, stand_in_for
from workflows.organisation.models import Person, Role, Tie

pytestmark = pytest.mark.django_db


def fresh(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def test_a_signer_added_before_decides_first_and_the_task_comes_back(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "add_signer", plant.teammate, "before")
    with pytest.raises(BadMove):
        item = WorkItem.objects.get(step=story.step(), person=plant.team_leader)
        with turn(actor=fresh(plant.team_leader), case_id=item.case_id, item_id=item.pk) as t:
            t.approve()
    story.act(plant.teammate, "approve", "可行")
    assert story.at() == "team_review"
    story.act(plant.team_leader, "approve")
    assert story.at() == "section_review"


def test_a_signer_added_beside_has_to_agree_too(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "add_signer", plant.teammate, "beside")
    story.act(plant.team_leader, "approve")
    assert story.at() == "team_review"
    story.act(plant.teammate, "approve")
    assert story.at() == "section_review"


def test_a_signer_added_after_decides_once_i_have(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "add_signer", plant.teammate, "after")
    story.act(plant.team_leader, "approve")
    assert story.at() == "team_review"
    story.act(plant.teammate, "reject", "看不出效果")
    assert story.at() == "rejection"


def test_signers_are_added_inside_all_of_and_vote(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "approve")
    story.act(plant.section_chiefs[0], "add_signer", plant.section_member, "beside")
    for chief in plant.section_chiefs:
        story.act(chief, "approve")
    assert story.at() == "section_review"
    story.act(plant.section_member, "approve")
    assert story.at() == "workshop_review"
    story.act(plant.reviewers[0], "add_signer", plant.finance, "beside")
    for reviewer in plant.reviewers[:4]:
        story.act(reviewer, "approve")
    assert story.at() in ("workshop_review", "arrangement")


def test_an_added_signer_is_removed_and_the_step_is_decided_without(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "approve")
    story.act(plant.section_chiefs[0], "add_signer", plant.section_member, "beside")
    for chief in plant.section_chiefs[:2]:
        story.act(chief, "approve")
    added = WorkItem.objects.get(step=story.step(), person=plant.section_member)
    story.act(plant.section_chiefs[2], "remove_signer", added.pk)
    story.act(plant.section_chiefs[2], "approve")
    assert story.at() == "workshop_review"


def test_removing_the_last_one_missing_ends_the_step_and_its_people_hear(plant: Plant) -> None:
    levels = copy.deepcopy(DEFAULT_RULES["levels"])
    levels[1]["mode"] = "any"
    publish_rules(plant, levels=levels)
    story = Story(plant)
    story.file()
    story.act(plant.team_leader, "approve")
    story.act(plant.section_chiefs[0], "add_signer", plant.section_member, "beside")
    story.act(plant.section_chiefs[1], "approve")
    added = WorkItem.objects.get(step=story.step(), person=plant.section_member)
    story.act(plant.section_chiefs[0], "remove_signer", added.pk)
    assert story.at() == "workshop_review"
    assert Outbox.objects.filter(event="engine.case.remove_signer", recipient=plant.author).exists()


def test_nobody_whom_independence_forbids_is_drawn_in(story: Story) -> None:
    plant = story.plant
    Tie.objects.create(person=plant.teammate, other=plant.author, declared_at=now())
    story.file()
    for act in (("add_signer", plant.coauthor, "beside"), ("transfer", plant.teammate), ("consult", plant.author, "?")):
        with pytest.raises(BadMove) as told:
            story.act(plant.team_leader, *act)
        assert told.value.field == "person"
    assert WorkItem.objects.filter(case=story.case).count() == 1


def test_transferred_is_somebody_else_s(story: Story) -> None:
    plant = story.plant
    case = story.file()
    story.act(plant.team_leader, "transfer", plant.section_member, "我明天公出")
    assert Decision.objects.get(case=case, verb="transfer").role == "team_leader"
    item = WorkItem.objects.get(case=case)
    with pytest.raises(NotYours), turn(actor=fresh(plant.team_leader), case_id=case.pk, item_id=item.pk):
        raise AssertionError
    story.act(plant.section_member, "approve")
    assert story.at() == "section_review"


def test_an_opinion_goes_out_and_comes_back(story: Story) -> None:
    plant = story.plant
    case = story.file()
    story.act(plant.team_leader, "consult", plant.section_member, "氧枪会不会干涉？")
    with pytest.raises(BadMove):
        story.act(plant.section_member, "approve")
    story.act(plant.section_member, "advise", "不会，间距 120 毫米。")
    story.act(plant.team_leader, "approve")
    assert story.at() == "section_review"
    assert Decision.objects.get(case=case, verb="advise").reason == "不会，间距 120 毫米。"


def test_a_substitute_acts_and_the_record_names_both(story: Story) -> None:
    plant = story.plant
    case = story.file()
    declare_absence(
        actor=plant.team_leader, substitute=plant.teammate, starts_at=None, ends_at=now() + timedelta(days=3)
    )
    story.act(plant.teammate, "approve", "代办")
    decision = Decision.objects.get(case=case, verb="approve")
    assert (decision.actor, decision.on_behalf_of) == (plant.teammate, plant.team_leader)
    assert story.at() == "section_review"


def test_a_substitute_gains_nothing_that_independence_forbids(story: Story) -> None:
    plant = story.plant
    case = story.file()
    absence = declare_absence(
        actor=plant.team_leader, substitute=plant.coauthor, starts_at=None, ends_at=now() + timedelta(days=3)
    )
    item = WorkItem.objects.get(case=case)
    with pytest.raises(Recused), turn(actor=fresh(plant.coauthor), case_id=case.pk, item_id=item.pk):
        raise AssertionError
    end_absence(actor=plant.team_leader, absence=absence)
    with pytest.raises(NotYours), turn(actor=fresh(plant.coauthor), case_id=case.pk, item_id=item.pk):
        raise AssertionError


def test_chains_lead_to_who_is_there_and_circles_to_nobody() -> None:
    assert stand_in_for(1, {1: 2, 2: 3}) == 3
    assert stand_in_for(1, {1: 2, 2: 1}) is None
    assert stand_in_for(1, {1: 2, 2: 3, 3: 2}) is None
    assert stand_in_for(9, {1: 2}) is None


def test_a_signer_takes_a_decision_back_while_the_step_is_open(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "approve")
    story.act(plant.section_chiefs[0], "approve")
    beside.take_back(actor=plant.section_chiefs[0], case_id=story.case.pk)
    story.act(plant.section_chiefs[1], "approve")
    story.act(plant.section_chiefs[2], "approve")
    assert story.at() == "section_review"
    story.act(plant.section_chiefs[0], "approve")
    assert story.at() == "workshop_review"


def test_a_decision_nobody_acted_on_is_taken_back_across_steps(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "approve")
    beside.take_back(actor=plant.team_leader, case_id=story.case.pk)
    assert story.at() == "team_review"
    assert story.item(plant.team_leader).person == plant.team_leader
    story.act(plant.team_leader, "approve")
    story.act(plant.section_chiefs[0], "approve")
    with pytest.raises(Late):
        beside.take_back(actor=plant.team_leader, case_id=story.case.pk)


def test_an_acceptance_is_taken_back_with_what_it_did(story: Story) -> None:
    plant = story.plant
    case = story.file(benefit="100.00", cost="0.00", category="small_improvement")
    story.act(plant.team_leader, "approve")
    assert story.at() == "arrangement"
    beside.take_back(actor=plant.team_leader, case_id=case.pk)
    case = Case.objects.get(pk=case.pk)
    assert (story.at(), case.proposal.status, case.shared_under, case.standing) == ("team_review", "filed", None, "")
    story.act(plant.team_leader, "reject", "再想")
    assert story.at() == "rejection"


def test_the_last_signer_s_acceptance_taken_back_keeps_the_others(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "approve")
    for chief in plant.section_chiefs:
        story.act(chief, "approve")
    beside.take_back(actor=plant.section_chiefs[2], case_id=story.case.pk)
    states = dict(WorkItem.objects.filter(step=story.step()).values_list("person__name", "origin"))
    assert states == {"高焰": "carried", "沈淬": "carried", "白锐": "named"}


def test_nudging_is_once_an_hour(story: Story) -> None:
    plant = story.plant
    case = story.file()
    beside.urge(actor=plant.author, case_id=case.pk)
    with pytest.raises(Late) as told:
        beside.urge(actor=plant.coauthor, case_id=case.pk)
    assert told.value.actor == plant.author
    with injected(now() + timedelta(minutes=61)):
        beside.urge(actor=plant.coauthor, case_id=case.pk)
    with pytest.raises(NoSuchThing):
        beside.urge(actor=plant.stranger, case_id=case.pk)
    told = Outbox.objects.filter(event="engine.case.urge", channel="in_product").values_list("recipient", flat=True)
    assert list(told) == [plant.team_leader.pk] * 2


def test_a_copy_lets_somebody_read_and_nothing_more(story: Story) -> None:
    plant = story.plant
    case = story.file()
    beside.copy(actor=plant.author, case_id=case.pk, to=plant.stranger)
    assert Case.objects.visible_to(plant.stranger).filter(pk=case.pk).exists()
    with (
        pytest.raises(NotYours),
        turn(actor=plant.stranger, case_id=case.pk, item_id=WorkItem.objects.get(case=case).pk),
    ):
        raise AssertionError
    with pytest.raises(BadMove):
        beside.copy(actor=plant.author, case_id=case.pk, to=plant.stranger)


def test_a_held_case_stands_still_with_its_clock(story: Story) -> None:
    plant = story.plant
    case = story.file()
    story.act(plant.team_leader, "claim")
    due = story.step().due_at
    story.act(plant.team_leader, "hold", "等大修图纸")
    with pytest.raises(BadMove):
        story.act(plant.team_leader, "approve")
    with injected(now() + timedelta(days=14)):
        clocks.turn()
        beside.release_hold(actor=plant.team_leader, case_id=case.pk)
        assert story.step().due_at > due + timedelta(days=10)
        story.act(plant.team_leader, "approve")
    assert story.at() == "section_review"


def test_a_substitute_in_the_section_signs_for_the_absent_chief(story: Story) -> None:
    plant = story.plant
    declare_absence(
        actor=plant.section_chiefs[0], substitute=plant.section_chiefs[1], starts_at=None,
        ends_at=now() + timedelta(days=3),
    )  # fmt: skip
    story.file()
    story.act(plant.team_leader, "approve")
    item = WorkItem.objects.get(step=story.step(), person=plant.section_chiefs[0])
    with turn(actor=fresh(plant.section_chiefs[1]), case_id=item.case_id, item_id=item.pk) as t:
        t.approve()
    story.act(plant.section_chiefs[1], "approve")
    story.act(plant.section_chiefs[2], "approve")
    assert story.at() == "workshop_review"
    assert Role.SECTION_CHIEF == "section_chief"
