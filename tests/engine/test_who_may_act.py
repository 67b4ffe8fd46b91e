"""Roles, independence, nobody eligible, roles that end, time that passes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.proposal_story import Story, publish_rules
from workflows.engine import clocks, queue
from workflows.engine.errors import Late, NoSuchThing, NotYours, Recused, RoleEnded
from workflows.engine.models import Case, Decision, WorkItem
from workflows.engine.turn import turn
from workflows.ledger.clock import injected, now
from workflows.notices.models import Outbox
from workflows.organisation.models import Person, Role, RoleHolding, Tie

pytestmark = pytest.mark.django_db


def fresh(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def test_a_leader_who_is_co_author_is_passed_over_and_it_is_recorded(story: Story) -> None:
    case = story.file(coauthors=(story.plant.team_leader,))
    assert story.at() == "section_review"
    passed = Decision.objects.get(case=case, verb="pass_up")
    assert passed.actor is None and passed.data == {"recused": ["co_author"]}


def test_a_declared_tie_recuses_both_ways(story: Story) -> None:
    plant = story.plant
    Tie.objects.create(person=plant.section_chiefs[0], other=plant.author, declared_at=now())
    Tie.objects.create(person=plant.coauthor, other=plant.section_chiefs[1], declared_at=now())
    story.file()
    story.act(plant.team_leader, "approve")
    states = dict(WorkItem.objects.filter(step=story.step()).values_list("person__name", "state"))
    assert states == {"高焰": "recused", "沈淬": "recused", "白锐": "open"}
    story.act(plant.section_chiefs[2], "approve")
    assert story.at() == "workshop_review"


def test_a_tie_declared_after_the_task_came_still_recuses(story: Story) -> None:
    plant = story.plant
    case = story.file()
    item = story.item(plant.team_leader)
    Tie.objects.create(person=plant.team_leader, other=plant.author, declared_at=now())
    assert not queue.claimable(fresh(plant.team_leader)).exists()
    with pytest.raises(Recused), turn(actor=fresh(plant.team_leader), case_id=case.pk, item_id=item.pk) as t:
        t.approve()


def test_an_author_who_leads_the_section_arranges_nothing_in_the_own_case(story: Story) -> None:
    plant = story.plant
    plant.hold(plant.author, Role.SECTION_CHIEF, plant.section)
    case = story.file(benefit="100.00", cost="0.00", category="small_improvement")
    story.act(plant.team_leader, "approve")
    item = WorkItem.objects.get(step=story.step())
    with pytest.raises(Recused), turn(actor=fresh(plant.author), case_id=case.pk, item_id=item.pk) as t:
        t.claim()


def test_without_anybody_at_the_top_the_fallback_of_the_unit_above_acts(story: Story) -> None:
    plant = story.plant
    plant.company.fallback = plant.section_member
    plant.company.save()
    RoleHolding.objects.filter(role=Role.WORKSHOP_REVIEWER).update(ends_at=now())
    story.file()
    story.act(plant.team_leader, "approve")
    for chief in plant.section_chiefs:
        story.act(chief, "approve")
    assert list(WorkItem.objects.filter(step=story.step()).values_list("person__name", flat=True)) == ["顾澄"]


def test_a_stranger_gets_nothing_and_a_colleague_who_may_read_gets_a_no(story: Story) -> None:
    plant = story.plant
    case = story.file()
    item = WorkItem.objects.get(case=case)
    with pytest.raises(NoSuchThing), turn(actor=plant.stranger, case_id=case.pk, item_id=item.pk):
        raise AssertionError
    with pytest.raises(NotYours), turn(actor=plant.observer, case_id=case.pk, item_id=item.pk):
        raise AssertionError
    with pytest.raises(NoSuchThing), turn(actor=plant.admin, case_id=case.pk, item_id=item.pk):
        raise AssertionError


def test_claiming_takes_the_task_and_releasing_gives_it_back(story: Story) -> None:
    plant = story.plant
    second = plant.teammate
    plant.hold(second, Role.TEAM_LEADER, plant.team)
    case = story.file()
    story.act(plant.team_leader, "claim")
    item = WorkItem.objects.select_related("step__task").get(case=case)
    assert (item.person, item.step.task.owner, item.step.task.status) == (
        plant.team_leader,
        plant.team_leader,
        "ASSIGNED",
    )
    with pytest.raises(Late) as told, turn(actor=fresh(second), case_id=case.pk, item_id=item.pk):
        raise AssertionError
    assert (told.value.verb, told.value.actor) == ("claim", plant.team_leader)
    story.act(plant.team_leader, "release")
    story.act(second, "approve")
    assert story.at() == "section_review"


def test_a_role_lost_a_second_ago_decides_nothing_and_the_task_finds_a_new_hand(story: Story) -> None:
    plant = story.plant
    plant.hold(plant.teammate, Role.TEAM_LEADER, plant.team)
    case = story.file()
    story.act(plant.team_leader, "claim")
    RoleHolding.objects.filter(person=plant.team_leader).update(ends_at=now())
    item = WorkItem.objects.get(case=case)
    with pytest.raises(RoleEnded) as told, turn(actor=fresh(plant.team_leader), case_id=case.pk, item_id=item.pk) as t:
        t.approve()
    assert [p.name for p in told.value.now_with] == ["纪炉"]
    item.refresh_from_db()
    assert item.person is None and item.state == "open"
    story.act(plant.teammate, "approve")


def test_a_signer_who_loses_the_role_is_replaced(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "approve")
    RoleHolding.objects.filter(person=plant.section_chiefs[0]).update(ends_at=now())
    plant.hold(plant.section_member, Role.SECTION_CHIEF, plant.section)
    clocks.turn()
    clocks.turn()
    seated = WorkItem.objects.filter(step=story.step(), state="open").values_list("person__name", flat=True)
    assert set(seated) == {"沈淬", "白锐", "顾澄"}


def test_a_rejection_nobody_appeals_lapses_at_its_deadline_and_once(story: Story) -> None:
    case = story.file()
    story.act(story.plant.team_leader, "reject", "已有")
    assert clocks.turn() == 0
    with injected(now() + timedelta(days=30)):
        assert clocks.turn() == 1
        assert clocks.turn() == 0
    assert story.at() == "closed:rejected"
    assert Decision.objects.filter(case=case, verb="lapse").count() == 1


def test_at_the_deadline_a_vote_with_quorum_is_decided_and_one_without_waits(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "approve")
    for chief in plant.section_chiefs:
        story.act(chief, "approve")
    story.act(plant.reviewers[0], "approve")
    story.act(plant.reviewers[1], "approve")
    story.act(plant.reviewers[2], "reject", "未考虑冲击")
    with injected(now() + timedelta(days=60)):
        clocks.turn()
        assert story.at() == "workshop_review"
        # The fifth vote could still change it, but its time is over: the quorum alone was missing.
        story.act(plant.reviewers[3], "abstain")
    assert story.at() == "arrangement"


def test_the_case_keeps_the_rules_it_was_filed_under(story: Story) -> None:
    case = story.file(benefit="46080.00", cost="300.00", category="small_improvement")
    ceilings = {
        level: {c: {"benefit": "0.00", "cost": "0.00"} for c in by}
        for level, by in case.rules.content["ceilings"].items()
        if level != "workshop"
    } | {"workshop": case.rules.content["ceilings"]["workshop"]}
    publish_rules(story.plant, ceilings=ceilings)
    story.act(story.plant.team_leader, "approve")
    assert story.at() == "arrangement"
    story.file(benefit="46080.00", cost="300.00", category="small_improvement")
    story.act(story.plant.team_leader, "approve")
    assert story.at() == "section_review"


def test_what_one_may_see_follows_the_tree(story: Story) -> None:
    plant = story.plant
    case = story.file()
    see = {p.name for p in Person.objects.all() if Case.objects.visible_to(p).filter(pk=case.pk).exists()}
    assert {"韩铸", "陆锍", "秦砺", "高焰", "沈砚", "明察", "苏算"} <= see
    assert see.isdisjoint({"莫识", "方渣", "罗浮", "石坚", "杜工"})
    story.act(plant.team_leader, "approve")
    for chief in plant.section_chiefs:
        story.act(chief, "approve")
    for reviewer in plant.reviewers[:4]:
        story.act(reviewer, "approve")
    assert Case.objects.visible_to(plant.stranger).filter(pk=case.pk).exists()  # accepted: the workshop may learn
    assert not Case.objects.visible_to(plant.contractor_person).filter(pk=case.pk).exists()


def test_when_the_only_leader_leaves_the_waiting_case_passes_up(story: Story) -> None:
    story.file()
    RoleHolding.objects.filter(role=Role.TEAM_LEADER, unit=story.plant.team).update(ends_at=now())
    clocks.turn()
    clocks.turn()
    assert story.at() == "section_review"
    assert Decision.objects.filter(case=story.case, verb="pass_up").count() == 1


def test_when_the_last_open_signer_leaves_those_who_signed_are_enough(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "approve")
    story.act(plant.section_chiefs[0], "approve")
    story.act(plant.section_chiefs[1], "approve")
    RoleHolding.objects.filter(person=plant.section_chiefs[2]).update(ends_at=now())
    clocks.turn()
    assert story.at() == "workshop_review"


def test_a_step_that_nobody_may_act_on_is_told_to_the_administrator_once(story: Story) -> None:
    plant = story.plant
    RoleHolding.objects.filter(role=Role.WORKSHOP_REVIEWER).update(ends_at=now())
    story.file()
    story.act(plant.team_leader, "approve")
    for chief in plant.section_chiefs:
        story.act(chief, "approve")
    clocks.turn()
    told = Outbox.objects.filter(event="engine.task.unmanned", channel="in_product")
    assert [(row.recipient, row.url) for row in told] == [(plant.admin, "/desk/")]
    plant.hold(plant.reviewers[0], Role.WORKSHOP_REVIEWER, plant.workshop, starts_at=now())
    clocks.turn()
    story.act(plant.reviewers[0], "approve")
    assert story.at() == "arrangement"


def test_passing_to_the_person_above_is_on_record(story: Story) -> None:
    plant = story.plant
    plant.company.fallback = plant.section_member
    plant.company.save()
    RoleHolding.objects.filter(role=Role.WORKSHOP_REVIEWER).update(ends_at=now())
    story.file()
    story.act(plant.team_leader, "approve")
    for chief in plant.section_chiefs:
        story.act(chief, "approve")
    assert Decision.objects.get(case=story.case, verb="pass_up").data == {"recused": [], "to": "JY"}


def test_when_the_author_has_left_a_co_author_mends(story: Story) -> None:
    plant = story.plant
    story.file()
    Person.objects.filter(pk=plant.author.pk).update(is_active=False)
    story.act(plant.team_leader, "return_to", "revision", then="resume", reason="补图")
    story.act(plant.coauthor, "complete")
    assert story.at() == "team_review"


def test_a_lapsed_step_leaves_no_open_item(story: Story) -> None:
    case = story.file()
    story.act(story.plant.team_leader, "reject", "已有")
    with injected(now() + timedelta(days=30)):
        clocks.turn()
    assert not WorkItem.objects.filter(case=case, state="open").exists()


def test_a_task_back_in_the_pool_is_not_told_to_an_author_who_holds_the_role(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "claim")
    plant.hold(plant.author, Role.TEAM_LEADER, plant.team)
    RoleHolding.objects.filter(person=plant.team_leader, role=Role.TEAM_LEADER).update(ends_at=now())
    clocks.turn()
    assert Decision.objects.get(case=story.case, verb="reseat").data["to"] == []
    assert not Outbox.objects.filter(event="engine.task.waiting", recipient=plant.author).exists()


def test_when_only_the_author_holds_the_role_any_more_the_case_passes_up(story: Story) -> None:
    plant = story.plant
    story.file()
    plant.hold(plant.author, Role.TEAM_LEADER, plant.team)
    RoleHolding.objects.filter(person=plant.team_leader, role=Role.TEAM_LEADER).update(ends_at=now())
    clocks.turn()
    assert story.at() == "section_review"


@pytest.mark.parametrize("claimed", [False, True])
def test_when_the_only_leader_declares_a_tie_the_waiting_case_passes_up(story: Story, claimed: bool) -> None:
    plant = story.plant
    story.file()
    if claimed:
        story.act(plant.team_leader, "claim")
    Tie.objects.create(person=plant.author, other=plant.team_leader, declared_at=now())
    clocks.turn()
    assert story.at() == "section_review"


def test_a_signer_who_declares_a_tie_is_waited_for_no_more(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "approve")
    story.act(plant.section_chiefs[0], "approve")
    story.act(plant.section_chiefs[1], "approve")
    Tie.objects.create(person=plant.section_chiefs[2], other=plant.coauthor, declared_at=now())
    clocks.turn()
    assert story.at() == "workshop_review"


def test_more_vacated_items_than_one_turn_looks_after(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that nobody can mend keeps no other waiting, however many there are."""
    monkeypatch.setattr(clocks, "MOST", 1)
    plant = story.plant
    first, second = story.file(), story.file()
    RoleHolding.objects.filter(role=Role.TEAM_LEADER, unit=plant.team).update(ends_at=now())
    for _ in range(3):
        clocks.turn()
    assert Decision.objects.filter(case__in=(first, second), verb="pass_up").count() == 2
