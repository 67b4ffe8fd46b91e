"""Somebody leaves: their open work goes to others in one confirmation, each piece by itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tests.plant import Plant
from tests.proposal_story import Story, publish_rules
from workflows.engine.models import Decision, WorkItem
from workflows.ledger.models import Entry
from workflows.organisation import ties
from workflows.organisation.models import Person, Role


@pytest.fixture
def stories(plant: Plant) -> list[Story]:
    """Two cases at the section's all-of, where the leaver signs, and one in the leaver's hands at the team."""
    publish_rules(plant)
    told = [Story(plant), Story(plant), Story(plant)]
    for n, story in enumerate(told):
        story.file(title=f"分布锥改造 {n}")
    told[0].act(plant.team_leader, "approve")
    told[1].act(plant.team_leader, "approve")
    told[2].act(plant.team_leader, "claim")
    return told


@pytest.fixture
def successor(plant: Plant) -> Person:
    person = Person.objects.create(employee_no="90002", name="新工段长", unit=plant.section, must_change_password=False)
    plant.hold(person, Role.SECTION_CHIEF, plant.section)
    return person


def url(person: Person) -> str:
    return reverse("handover_person", args=[person.pk])


def form(person: Person, to: Person | None, reason: str = "调往贵溪") -> dict[str, Any]:
    items = WorkItem.objects.filter(person=person, state="open")
    return {"reason": reason, **{f"to-{item.pk}": to.employee_no if to else "" for item in items}}


def test_all_goes_in_one_go(plant: Plant, stories: list[Story], successor: Person) -> None:
    leaver = plant.section_chiefs[0]
    client = plant.client(plant.admin)
    assert leaver.name in client.get(reverse("handover")).content.decode()
    shown = client.get(url(leaver)).content.decode()
    assert stories[0].case.number in shown
    assert stories[0].case.title not in shown
    assert f'value="{successor.employee_no}" selected' in shown  # only they are free of a part
    answer = client.post(url(leaver), form(leaver, successor)).content.decode()
    assert answer.count("已交") == 2
    for story in stories[:2]:
        decision = Decision.objects.get(case=story.case, verb="reassign")
        assert decision.actor == plant.admin
        assert decision.data == {"from": leaver.employee_no, "to": successor.employee_no}
        assert Entry.objects.filter(chain__subject=f"case:{story.case.pk}", event="engine.case.reassigned").count() == 1
        story.act(successor, "approve")
    assert not WorkItem.objects.filter(person=leaver, state="open").exists()
    assert "名下没有待办" in client.get(url(leaver)).content.decode()
    page = plant.client(plant.section_chiefs[1]).get(reverse("case", args=[stories[0].case.number])).content.decode()
    assert f"交给了{successor.name}" in page


def test_what_cannot_be_moved_says_why(plant: Plant, stories: list[Story], successor: Person) -> None:
    leaver = plant.section_chiefs[0]
    ties.declare_tie(actor=successor, other=plant.author)
    client = plant.client(plant.admin)
    shown = client.get(url(leaver)).content.decode()
    assert f'value="{successor.employee_no}"' not in shown
    sent = form(leaver, successor)
    answer = client.post(url(leaver), sent).content.decode()
    assert answer.count("留着") == 2
    assert "回避关系" in answer or "关系" in answer
    assert WorkItem.objects.filter(person=leaver, state="open").count() == 2
    other = form(leaver, plant.stranger)
    assert "没有这个职务" in client.post(url(leaver), other).content.decode()
    assert not Decision.objects.filter(verb="reassign").exists()


def test_a_pools_task_keeps_its_role_and_its_way_back(plant: Plant, stories: list[Story]) -> None:
    leaver, heir = plant.team_leader, plant.teammate
    plant.hold(heir, Role.TEAM_LEADER, plant.team)
    plant.client(plant.admin).post(url(leaver), form(leaver, heir))
    item = WorkItem.objects.get(case=stories[2].case)
    assert (item.person, item.role, item.origin) == (heir, Role.TEAM_LEADER, "pool")
    assert item.step.task.owner == heir
    stories[2].act(heir, "release")
    stories[2].act(leaver, "claim")


def test_sent_twice_it_is_done_once(plant: Plant, stories: list[Story], successor: Person) -> None:
    leaver = plant.section_chiefs[0]
    client = plant.client(plant.admin)
    sent = form(leaver, successor)
    client.post(url(leaver), sent)
    client.post(url(leaver), sent)
    assert Decision.objects.filter(verb="reassign").count() == 2


def test_a_reason_is_asked_for(plant: Plant, stories: list[Story], successor: Person) -> None:
    leaver = plant.section_chiefs[0]
    answer = plant.client(plant.admin).post(url(leaver), form(leaver, successor, reason=" "))
    assert answer.status_code == 422
    assert 'id="why-e"' in answer.content.decode()
    assert f'value="{successor.employee_no}" selected' in answer.content.decode()


def test_an_authors_own_work_stays(plant: Plant, stories: list[Story], successor: Person) -> None:
    stories[0].act(plant.section_chiefs[1], "return_to", "revision", then="resume", reason="补停机记录")
    item = WorkItem.objects.get(person=plant.author, state="open")
    answer = plant.client(plant.admin).post(
        url(plant.author), {"reason": "离职", f"to-{item.pk}": plant.teammate.employee_no}
    )
    assert "别人接不了" in answer.content.decode()
    item.refresh_from_db()
    assert item.person == plant.author


def test_what_was_given_by_name_goes_to_somebody_of_the_workshop(plant: Plant, stories: list[Story]) -> None:
    leaver = plant.section_chiefs[0]
    stories[2].act(plant.team_leader, "transfer", leaver)
    item = WorkItem.objects.get(case=stories[2].case, state="open")
    client = plant.client(plant.admin)
    sent = {"reason": "调离", f"to-{item.pk}": plant.contractor_person.employee_no}
    assert "同一车间" in client.post(url(leaver), sent).content.decode()
    client.post(url(leaver), sent | {f"to-{item.pk}": plant.author.employee_no})
    item.refresh_from_db()
    assert item.person == leaver  # an author decides in it by no path
    client.post(url(leaver), sent | {f"to-{item.pk}": plant.section_chiefs[1].employee_no})
    item.refresh_from_db()
    assert item.person == plant.section_chiefs[1]
    stories[2].act(plant.section_chiefs[1], "approve")


def test_strangers_hand_nothing_on(plant: Plant, stories: list[Story], successor: Person) -> None:
    leaver = plant.section_chiefs[0]
    sent = form(leaver, successor)
    assert plant.client(plant.team_leader).post(url(leaver), sent).status_code == 403
    plant.hold(plant.stranger, Role.ADMINISTRATOR, plant.other_section)
    assert plant.client(plant.stranger).post(url(leaver), sent).status_code == 404
    assert plant.client(plant.admin).post(url(plant.admin), sent).status_code == 404
    assert not Decision.objects.filter(verb="reassign").exists()


def test_the_page_costs_the_same_for_many(plant: Plant, stories: list[Story], django_assert_max_num_queries) -> None:
    client = plant.client(plant.admin)
    with django_assert_max_num_queries(45):
        client.get(url(plant.section_chiefs[0]))
