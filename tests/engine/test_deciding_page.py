"""Deciding through the page, as people do."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.plant import Plant
from tests.proposal_story import Story
from workflows.engine.models import Decision, WorkItem
from workflows.organisation.models import Person

pytestmark = pytest.mark.django_db


def address(story: Story, person: Person) -> str:
    item = story.item(person)
    return reverse("decide", args=[item.case.number, item.pk])


def send(client: Client, url: str, verb: str, **typed: Any) -> Any:
    return client.post(url, {"verb": verb, "token": str(uuid4()), **typed})


def test_the_leader_reads_the_page_and_approves(story: Story) -> None:
    plant = story.plant
    story.file()
    leader, url = plant.client(plant.team_leader), address(story, plant.team_leader)
    page = leader.get(url)
    assert page.status_code == 200
    text = page.content.decode()
    assert "分布锥改双层导流" in text and 'name="token"' in text and "style=" not in text
    answer = send(leader, url, "approve", reason="烟尘率记录已核对")
    assert answer.status_code == 303 and leader.get(answer.url).url == reverse("queue")
    assert Decision.objects.get(verb="approve").reason == "烟尘率记录已核对"
    assert story.at() == "section_review"


def test_the_next_most_urgent_task_follows(story: Story) -> None:
    plant = story.plant
    story.file(title="第一件")
    first = address(story, plant.team_leader)
    story.file(title="第二件")
    second = address(story, plant.team_leader)
    leader = plant.client(plant.team_leader)
    answer = send(leader, first, "approve")
    assert leader.get(answer.url).url == second
    assert "已同意" in leader.get(second).content.decode()


def test_rejecting_without_a_reason_keeps_the_page_and_says_so(story: Story) -> None:
    plant = story.plant
    story.file()
    leader, url = plant.client(plant.team_leader), address(story, plant.team_leader)
    answer = send(leader, url, "reject", sheet="1", reason="  ")
    assert answer.status_code == 422 and 'id="why-e"' in answer.content.decode()
    assert story.at() == "team_review"
    assert send(leader, url, "reject", sheet="1", reason="与现有办法重复").status_code == 303
    assert story.at() == "rejection"


def test_the_desk_without_script_gets_the_sheet_as_a_page_with_the_typed_text(story: Story) -> None:
    plant = story.plant
    story.file()
    leader, url = plant.client(plant.team_leader), address(story, plant.team_leader)
    page = send(leader, url, "return", reason="缺三个班的记录")
    assert page.status_code == 200
    text = page.content.decode()
    assert 'name="to"' in text and "缺三个班的记录" in text
    assert Decision.objects.filter(verb="return").count() == 0


def test_a_return_names_the_place_and_how_it_comes_back(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "approve")
    chief = plant.section_chiefs[0]
    client, url = plant.client(chief), address(story, chief)
    sheet = client.get(url + "return/").content.decode()
    assert 'value="team_review" checked' in sheet and plant.team_leader.name in sheet
    wrong = send(client, url, "return", sheet="1", to="workshop_review", then="resume", reason="缺记录")
    assert wrong.status_code == 422 and "缺记录" in wrong.content.decode()
    answer = send(client, url, "return", sheet="1", to="team_review", then="resume", reason="缺三个班的记录")
    assert answer.status_code == 303 and story.at() == "team_review"


def test_a_double_click_counts_once(story: Story) -> None:
    plant = story.plant
    story.file()
    leader, url, token = plant.client(plant.team_leader), address(story, plant.team_leader), str(uuid4())
    assert leader.post(url, {"verb": "approve", "token": token}).status_code == 303
    again = leader.post(url, {"verb": "approve", "token": token, "reason": "再点了一次 同意"})
    assert again.status_code == 409
    assert Decision.objects.filter(verb="approve").count() == 1
    assert "只记一次" in again.content.decode()


def test_who_comes_late_hears_who_and_keeps_the_text(story: Story) -> None:
    plant = story.plant
    other = plant.section_chiefs[1]
    story.file()
    story.act(plant.team_leader, "approve")
    mine, url = plant.client(other), address(story, other)
    story.act(plant.section_chiefs[2], "return_to", "revision", then="walk", reason="缺记录")
    answer = send(mine, url, "approve", reason="我看可以，建议试车")
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "白锐" in text and "退回" in text and "我看可以，建议试车" in text
    assert mine.get(url).status_code == 303


def test_two_forms_of_one_token_are_never_taken_for_one(story: Story) -> None:
    """A page kept by the browser after a claim posts the same token again on another task: it is not taken for done."""
    plant = story.plant
    leader, token = plant.client(plant.team_leader), str(uuid4())
    story.file(title="第一件")
    leader.post(address(story, plant.team_leader), {"verb": "approve", "token": token})
    story.file(title="第二件")
    answer = leader.post(address(story, plant.team_leader), {"verb": "approve", "token": token})
    assert answer.status_code == 422 and story.at() == "team_review"


def test_a_stranger_finds_nothing_and_a_reader_may_not(story: Story) -> None:
    plant = story.plant
    story.file()
    url = address(story, plant.team_leader)
    for person, code in ((plant.stranger, 404), (plant.contractor_person, 404), (plant.teammate, 403)):
        client = plant.client(person)
        assert client.get(url).status_code == code, person
        assert send(client, url, "approve").status_code == code, person
    assert story.at() == "team_review"


def test_authors_are_told_why_they_may_not(story: Story, ruled: Plant) -> None:
    from workflows.organisation.models import Role

    plant = story.plant
    plant.hold(plant.coauthor, Role.TEAM_LEADER, plant.team)
    story.file()
    url = address(story, plant.team_leader)
    answer = plant.client(plant.coauthor).get(url)
    assert answer.status_code == 403 and "合作人" in answer.content.decode()


def test_ids_that_do_not_belong_together(story: Story) -> None:
    plant = story.plant
    first, item = story.file(), story.item(plant.team_leader)
    second = story.file()
    leader = plant.client(plant.team_leader)
    for url in (reverse("decide", args=[second.number, item.pk]), reverse("decide", args=[first.number, 10**12])):
        assert leader.get(url).status_code == 404
        assert send(leader, url, "approve").status_code == 404
    assert Decision.objects.filter(verb="approve").count() == 0


def test_a_role_that_ended_is_said(story: Story) -> None:
    from workflows.ledger.clock import now
    from workflows.organisation.models import RoleHolding

    plant = story.plant
    story.file()
    url = address(story, plant.team_leader)
    RoleHolding.objects.filter(person=plant.team_leader).update(ends_at=now())
    answer = send(plant.client(plant.team_leader), url, "approve", reason="同意 试行")
    assert answer.status_code == 409
    assert "班长" in answer.content.decode() and "同意 试行" in answer.content.decode()
    assert story.at() == "team_review"


def test_claim_and_release(story: Story) -> None:
    plant = story.plant
    story.file()
    url = address(story, plant.team_leader)
    leader = plant.client(plant.team_leader)
    assert send(leader, url, "claim").url == url
    assert WorkItem.objects.get().person == plant.team_leader
    assert send(leader, url, "release").status_code == 303
    assert WorkItem.objects.get().person is None


def test_a_vote_is_worded_as_a_vote(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "approve")
    for chief in plant.section_chiefs:
        story.act(chief, "approve")
    reviewer = plant.reviewers[0]
    client, url = plant.client(reviewer), address(story, reviewer)
    text = client.get(url).content.decode()
    assert "赞成" in text and "反对" in text and "弃权" in text and "退回</button>" not in text
    assert send(client, url, "abstain", sheet="1").status_code == 303
    assert send(plant.client(plant.reviewers[1]), address(story, plant.reviewers[1]), "nonsense").status_code == 422


def test_an_unreadable_form_changes_nothing(story: Story) -> None:
    plant = story.plant
    story.file()
    leader, url = plant.client(plant.team_leader), address(story, plant.team_leader)
    answer = leader.post(url, {"verb": "approve", "token": "no uuid", "reason": "留着 这句话"})
    assert answer.status_code == 422 and "留着 这句话" in answer.content.decode()
    assert story.at() == "team_review"
