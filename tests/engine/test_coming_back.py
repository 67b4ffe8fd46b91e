"""Returning, resuming, walking again, rejecting, appealing, withdrawing."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.proposal_story import Story
from workflows.engine.errors import BadMove, Late, NotYours, Recused
from workflows.engine.models import Case, Decision, Step, WorkItem
from workflows.engine.turn import turn
from workflows.engine.withdrawal import withdraw
from workflows.ledger.clock import now
from workflows.notices.models import Outbox

pytestmark = pytest.mark.django_db


def test_return_to_the_author_who_mends_it_and_it_resumes(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "approve")
    story.act(plant.section_chiefs[0], "return_to", "revision", then="resume", reason="缺改前停机时间")
    assert story.at() == "revision"
    assert story.item(plant.author).person == plant.author
    story.act(plant.author, "complete", "已补")
    assert story.at() == "section_review"


def test_return_to_the_author_and_walk_the_levels_again(story: Story) -> None:
    story.file()
    story.act(story.plant.team_leader, "approve")
    story.act(story.plant.section_chiefs[0], "return_to", "revision", then="walk", reason="重写")
    story.act(story.plant.author, "complete")
    assert story.at() == "team_review"


def test_a_return_inside_a_return_unwinds_in_order(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "approve")
    for chief in plant.section_chiefs:
        story.act(chief, "approve")
    # A vote is not returned; so the section does it, after it is brought back there by hand of a pool mode.
    with pytest.raises(BadMove):
        story.act(plant.reviewers[0], "return_to", "section_review", then="resume", reason="x")
    assert story.at() == "workshop_review"


def test_changed_content_makes_all_signers_sign_again(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "approve")
    story.act(plant.section_chiefs[0], "approve")
    story.act(plant.section_chiefs[1], "return_to", "revision", then="resume", reason="补图")
    item = story.item(plant.author)
    with turn(actor=plant.author, case_id=item.case_id, item_id=item.pk) as t:
        t.case.content_digest = "1" * 64
        t.complete("图已补")
    assert story.at() == "section_review"
    assert not WorkItem.objects.filter(step=story.step(), origin="carried").exists()


def test_return_only_to_a_step_the_case_has_been_at(story: Story) -> None:
    story.file()
    with pytest.raises(BadMove) as told:
        story.act(story.plant.team_leader, "return_to", "section_review", then="resume", reason="x")
    assert told.value.field == "to"
    with pytest.raises(BadMove) as told:
        story.act(story.plant.team_leader, "return_to", "revision", then="resume", reason="  ")
    assert told.value.field == "reason"
    assert story.at() == "team_review"


def test_the_first_rejection_of_an_all_of_step_rejects_and_closes_the_others(story: Story) -> None:
    plant = story.plant
    case = story.file()
    story.act(plant.team_leader, "approve")
    late_item = story.item(plant.section_chiefs[1])
    story.act(plant.section_chiefs[0], "reject", "与氧枪干涉")
    assert story.at() == "rejection"
    case.refresh_from_db()
    assert (case.standing, case.proposal.status) == ("rejected", "rejected")
    with pytest.raises(Late), turn(actor=plant.section_chiefs[1], case_id=case.pk, item_id=late_item.pk):
        raise AssertionError


def test_appeal_goes_one_level_up_and_only_once(story: Story) -> None:
    plant = story.plant
    case = story.file()
    story.act(plant.team_leader, "reject", "已有人做过")
    story.act(plant.author, "complete", "并不相同", verb="appeal")
    assert story.at() == "section_review"
    case.refresh_from_db()
    assert case.proposal.status == "filed"
    story.act(plant.section_chiefs[0], "reject", "同意班组意见")
    assert story.at() == "closed:rejected"


def test_a_rejection_by_the_workshop_is_appealed_to_people_who_have_not_decided(story: Story) -> None:
    plant = story.plant
    from tests.plant import LONG_AGO
    from workflows.organisation.models import Role, RoleHolding

    case = story.file()
    story.act(plant.team_leader, "approve")
    for chief in plant.section_chiefs:
        story.act(chief, "approve")
    for reviewer in plant.reviewers[:4]:
        story.act(reviewer, "reject", "投入过大")
    assert story.at() == "rejection"
    RoleHolding.objects.create(
        person=plant.section_member, role=Role.WORKSHOP_REVIEWER, unit=plant.workshop, starts_at=LONG_AGO
    )
    story.act(plant.author, "complete", "请复议", verb="appeal")
    assert story.at() == "appeal_panel"
    seated = set(WorkItem.objects.filter(step=story.step(), state="open").values_list("person__name", flat=True))
    assert seated == {plant.reviewers[4].name, plant.section_member.name}
    barred = WorkItem.objects.get(step=story.step(), person=plant.reviewers[0])
    with pytest.raises(Recused), turn(actor=plant.reviewers[0], case_id=case.pk, item_id=barred.pk) as t:
        t.approve()


def test_who_decided_in_the_appeal_stays_in_it_when_it_comes_back(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "reject", "已有")
    story.act(plant.author, "complete", "不同", verb="appeal")
    story.act(plant.section_chiefs[0], "approve")
    story.act(plant.section_chiefs[1], "return_to", "revision", then="resume", reason="补图")
    story.act(plant.author, "complete")
    seated = dict(WorkItem.objects.filter(step=story.step()).values_list("person__name", "origin"))
    assert seated == {"高焰": "carried", "沈淬": "named", "白锐": "named"}


def test_the_author_withdraws_and_nobody_else_may(story: Story) -> None:
    plant = story.plant
    case = story.file()
    with pytest.raises(NotYours):
        withdraw(actor=plant.coauthor, case_id=case.pk, reason="x")
    with pytest.raises(BadMove):
        withdraw(actor=plant.author, case_id=case.pk, reason=" ")
    withdraw(actor=plant.author, case_id=case.pk, reason="重新想过")
    case.refresh_from_db()
    assert (story.at(), case.process.status, case.proposal.status) == ("closed:withdrawn", "CANCELED", "withdrawn")
    assert not WorkItem.objects.filter(case=case, state="open").exists()
    with pytest.raises(Late):
        withdraw(actor=plant.author, case_id=case.pk, reason="再来")


def test_an_accepted_case_is_not_withdrawn(story: Story) -> None:
    case = story.file(benefit="100.00", cost="0.00", category="small_improvement")
    story.act(story.plant.team_leader, "approve")
    with pytest.raises(BadMove):
        withdraw(actor=story.plant.author, case_id=case.pk, reason="不做了")


def test_everybody_concerned_hears_once_in_product_and_once_by_mail(story: Story) -> None:
    case = story.file()
    story.act(story.plant.team_leader, "approve")
    told = Outbox.objects.filter(subject=f"case:{case.pk}", event="engine.case.approve")
    assert sorted(told.values_list("recipient__name", "channel")) == sorted(
        (p.name, c) for p in (story.plant.author, story.plant.coauthor) for c in ("in_product", "mail")
    )
    key = f"step:{story.step().pk}:waiting"
    waiting = Outbox.objects.filter(event="engine.task.waiting", channel="in_product", key=key)
    assert set(waiting.values_list("recipient_id", flat=True)) == {c.pk for c in story.plant.section_chiefs}


def test_every_decision_has_its_entry_in_the_case_s_chain(story: Story) -> None:
    from workflows.ledger.models import Entry

    case = story.file()
    story.accept_to_the_top()
    entries = list(Entry.objects.filter(chain__subject=f"case:{case.pk}").order_by("seq").values_list("seq", "digest"))
    decided = list(Decision.objects.filter(case=case).order_by("pk").values_list("ledger_seq", "ledger_digest"))
    assert entries == decided
    assert [seq for seq, _ in entries] == list(range(1, len(entries) + 1))


def test_steps_are_numbered_and_only_one_is_open(story: Story) -> None:
    case = story.file()
    story.accept_to_the_top()
    places = list(Step.objects.filter(case=case).values_list("place", "closed_at"))
    assert [p for p, _ in places] == [1, 2, 3, 4]
    assert sum(closed is None for _, closed in places) == 1
    assert Case.objects.get(pk=case.pk).state == "open"


def test_one_signature_of_several_moves_the_case_on_its_author_s_page(story: Story) -> None:
    case = story.file()
    story.act(story.plant.team_leader, "approve")
    before = Case.objects.get(pk=case.pk).moved_at
    story.act(story.plant.section_chiefs[0], "approve")
    assert Case.objects.get(pk=case.pk).moved_at > before


def test_a_case_without_an_open_step_is_not_withdrawn_and_says_who_acted_last(story: Story) -> None:
    """The machine stopped in it; the author hears what happened last instead of "we are at fault"."""
    plant, case = story.plant, story.file()
    story.act(plant.team_leader, "approve")
    WorkItem.objects.filter(step=story.step()).update(state="cancelled", closed_at=now())
    Step.objects.filter(case=case, closed_at=None).update(outcome="lapsed", closed_at=now())
    with pytest.raises(Late):
        withdraw(actor=plant.author, case_id=case.pk, reason="不做了")
    sent = {"token": str(uuid4()), "reason": "不做了"}
    answer = plant.client(plant.author).post(f"/cases/{case.number}/withdraw/", sent)
    assert answer.status_code == 409 and plant.team_leader.name in answer.content.decode()
