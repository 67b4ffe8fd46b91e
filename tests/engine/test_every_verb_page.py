"""Handing on, asking, adding and removing signers, holding: through the decide page's sheets and the case's page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.proposal_story import Story
from workflows.engine.models import Case, Decision, WorkItem
from workflows.ledger.clock import injected, now
from workflows.organisation.absences import declare_absence
from workflows.organisation.models import Person

pytestmark = pytest.mark.django_db


def address(story: Story, person: Person) -> str:
    item = story.item(person)
    return reverse("decide", args=[item.case.number, item.pk])


def page_of(story: Story) -> str:
    return reverse("case", args=[story.case.number])


def send(client: Client, url: str, verb: str, **typed: Any) -> Any:
    return client.post(url, {"verb": verb, "sheet": "1", "token": str(uuid4()), **typed})


def act(client: Client, story: Story, verb: str, **typed: Any) -> Any:
    return client.post(reverse("case_act", args=[story.case.number, verb]), {"token": str(uuid4()), **typed})


def text_of(client: Client, url: str) -> str:
    answer = client.get(url, follow=True)
    assert answer.status_code == 200, answer.content.decode()
    text = answer.content.decode()
    assert "style=" not in text and " onclick" not in text
    return text


def test_more_lists_what_applies_and_each_sheet_opens(story: Story) -> None:
    plant = story.plant
    story.file()
    leader, url = plant.client(plant.team_leader), address(story, plant.team_leader)
    more = text_of(leader, url + "more/")
    assert all(word in more for word in ("转办…", "加签…", "委派…", "挂起…")) and "减签…" not in more
    for verb in ("transfer", "add_signer", "consult", "hold"):
        sheet = text_of(leader, url + f"{verb}/")
        assert "data-sheet-body" in sheet and f'value="{verb}"' in sheet
    assert leader.get(url + "remove_signer/").status_code == 404
    assert plant.client(plant.stranger).get(url + "transfer/").status_code == 404


def test_colleagues_are_found_while_typing(story: Story) -> None:
    leader = story.plant.client(story.plant.team_leader)
    found = leader.get(reverse("colleagues"), {"field": "person", "person": "顾"}).content.decode()
    assert 'type="radio" name="person"' in found and "顾澄" in found and "秦砺" not in found
    assert "没有" in leader.get(reverse("colleagues"), {"field": "person", "person": "无此人"}).content.decode()
    assert leader.get(reverse("colleagues"), {"q": "顾"}).json()["colleagues"][0]["name"] == "顾澄"


def test_a_task_is_transferred_by_name_and_the_new_holder_decides(story: Story) -> None:
    plant = story.plant
    story.file()
    url = address(story, plant.team_leader)
    leader = plant.client(plant.team_leader)
    wrong = send(leader, url, "transfer", person="没这人", reason="我明天 公出")
    assert wrong.status_code == 422
    text = wrong.content.decode()
    assert 'id="who-e"' in text and "没这人" in text and "我明天 公出" in text
    assert 'id="who-e"' in send(leader, url, "transfer", person="", reason="").content.decode()
    tied = send(leader, url, "transfer", person=plant.coauthor.name)
    assert tied.status_code == 422 and "合作人" in tied.content.decode()
    assert send(leader, url, "transfer", person="顾澄", reason="我明天公出").status_code == 303
    assert plant.client(plant.team_leader).get(url).status_code == 403
    member = plant.client(plant.section_member)
    assert send(member, url, "approve").status_code == 303
    assert story.at() == "section_review"
    assert "转办给 顾澄" in text_of(leader, page_of(story))


def test_a_signer_is_added_before_and_the_page_says_whom_it_waits_for(story: Story) -> None:
    plant = story.plant
    story.file()
    url, leader = address(story, plant.team_leader), plant.client(plant.team_leader)
    nowhere = send(leader, url, "add_signer", person="纪炉", where="sideways", reason="懂布料器")
    assert nowhere.status_code == 422 and "懂布料器" in nowhere.content.decode()
    answer = send(leader, url, "add_signer", person=["纪", plant.teammate.employee_no], where="before")
    assert answer.status_code == 303 and answer.url == url
    assert "纪炉 办完后轮到您" in text_of(leader, url)
    assert send(plant.client(plant.teammate), address(story, plant.teammate), "approve").status_code == 303
    assert "加签 纪炉，先办" in text_of(leader, page_of(story))
    assert send(leader, url, "approve").status_code == 303
    assert story.at() == "section_review"


def test_an_added_signer_is_removed_again(story: Story) -> None:
    plant = story.plant
    story.file()
    url, leader = address(story, plant.team_leader), plant.client(plant.team_leader)
    send(leader, url, "add_signer", person="纪炉", where="beside")
    page = text_of(leader, url)
    assert "还有 1 人" in page or "1" in page
    assert "减签…" in text_of(leader, url + "more/") and "纪炉" in text_of(leader, url + "remove_signer/")
    assert send(leader, url, "remove_signer", item="1").status_code == 422
    added = WorkItem.objects.get(step=story.step(), person=plant.teammate)
    assert send(leader, url, "remove_signer", item=str(added.pk), reason="不用了").status_code == 303
    assert "减签 纪炉" in text_of(leader, page_of(story))
    assert send(leader, url, "approve").status_code == 303
    assert story.at() == "section_review"


def test_an_opinion_is_asked_for_and_given(story: Story) -> None:
    plant = story.plant
    story.file()
    url, leader = address(story, plant.team_leader), plant.client(plant.team_leader)
    empty = send(leader, url, "consult", person="顾澄", reason=" ")
    assert empty.status_code == 422 and 'id="why-e"' in empty.content.decode() and "顾澄" in empty.content.decode()
    assert send(leader, url, "consult", person="顾澄", reason="氧枪会不会干涉？").status_code == 303
    waiting = text_of(leader, url)
    assert "等 顾澄 的意见" in waiting and "现在等" in waiting
    member, asked = plant.client(plant.section_member), address(story, plant.section_member)
    assert "请我出意见" in text_of(member, reverse("queue"))
    page = text_of(member, asked)
    assert "氧枪会不会干涉？" in page and 'value="advise"' in page and 'value="approve"' not in page
    assert "转办…" not in text_of(member, asked + "more/")
    blank = send(member, asked, "advise", reason="")
    assert blank.status_code == 422 and 'id="op-e"' in blank.content.decode()
    assert send(member, asked, "advise", reason="不会，间距 120 毫米。").status_code == 303
    assert "委派 顾澄 出意见" in text_of(leader, url)
    assert send(leader, url, "approve").status_code == 303


def test_a_case_is_held_and_resumed(story: Story) -> None:
    plant = story.plant
    story.file()
    url, leader = address(story, plant.team_leader), plant.client(plant.team_leader)
    assert send(leader, url, "hold", reason="").status_code == 422
    send(leader, url, "claim")
    assert send(leader, url, "hold", reason="等大修图纸").status_code == 303
    text = text_of(leader, url)
    assert "等大修图纸" in text and "钟已停" in text and 'data-s="held"' in text and "acts/resume/" in text
    assert "挂起" in text_of(leader, reverse("queue"))
    author = plant.client(plant.author)
    assert "acts/resume/" not in text_of(author, page_of(story))
    assert act(author, story, "resume").status_code == 403
    late = send(leader, url, "approve", reason="同意 试行")
    assert late.status_code == 400 and "挂起" in late.content.decode()
    hidden = plant.client(plant.stranger).get(url)
    assert hidden.status_code == 404 and "大修" not in hidden.content.decode()
    assert act(leader, story, "resume").status_code == 303
    assert Case.objects.get(pk=story.case.pk).state == "open"
    assert send(leader, url, "approve").status_code == 303


def test_the_author_nudges_once_an_hour(story: Story) -> None:
    plant = story.plant
    story.file()
    author, url = plant.client(plant.author), page_of(story)
    assert "acts/urge/" in text_of(author, url)
    assert act(author, story, "urge").status_code == 303
    page = text_of(author, url)
    assert "已催" in page and "后可再催" in page and "acts/urge/" not in page
    early = act(author, story, "urge")
    assert early.status_code == 409 and "后可再催" in early.content.decode()
    with injected(now() + timedelta(minutes=61)):
        assert act(author, story, "urge").status_code == 303
    assert act(plant.client(plant.teammate), story, "urge").status_code == 403
    assert act(plant.client(plant.stranger), story, "urge").status_code == 404
    assert Decision.objects.filter(verb="urge").count() == 2


def test_a_copy_lets_a_colleague_read(story: Story) -> None:
    plant = story.plant
    story.file()
    author, reader = plant.client(plant.author), plant.client(plant.stranger)
    assert 'name="person"' in text_of(author, reverse("case_act", args=[story.case.number, "copy"]))
    wrong = act(author, story, "copy", person="无此人")
    assert wrong.status_code == 422 and "无此人" in wrong.content.decode()
    assert act(author, story, "copy", person=plant.stranger.employee_no).status_code == 303
    assert act(author, story, "copy", person=plant.stranger.employee_no).status_code == 422
    assert "抄送 莫识" in text_of(author, page_of(story))
    assert story.case.number in text_of(reader, reverse("queue") + "?tab=copies")
    assert "acts/copy/" not in text_of(reader, page_of(story))
    assert act(reader, story, "copy", person="顾澄").status_code == 403
    assert "没有抄送给您的" in text_of(author, reverse("queue") + "?tab=copies")


def test_a_decision_is_taken_back_while_nobody_has_acted(story: Story) -> None:
    plant = story.plant
    story.file()
    leader = plant.client(plant.team_leader)
    send(leader, address(story, plant.team_leader), "approve")
    assert "acts/take_back/" in text_of(leader, page_of(story))
    assert act(leader, story, "take_back").status_code == 303
    assert story.at() == "team_review"
    assert "拿回意见" in text_of(leader, page_of(story))
    send(leader, address(story, plant.team_leader), "approve")
    story.act(plant.section_chiefs[0], "approve")
    assert "acts/take_back/" not in text_of(leader, page_of(story))
    assert act(leader, story, "take_back").status_code == 409


def test_a_substitute_finds_the_work_apart_and_the_record_names_both(story: Story) -> None:
    plant = story.plant
    story.file()
    declare_absence(
        actor=plant.team_leader, substitute=plant.stranger, starts_at=None, ends_at=now() + timedelta(days=3)
    )
    client = plant.client(plant.stranger)
    page = text_of(client, reverse("queue"))
    assert "我代 秦砺 办理" in page and story.case.number in page and "莫识 代 秦砺 办理" in page
    url = address(story, plant.team_leader)
    assert "您代 秦砺 办理" in text_of(client, url)
    assert story.case.number in text_of(client, page_of(story))
    assert send(client, url, "approve", reason="已核").status_code == 303
    page = text_of(client, page_of(story))
    assert "sub-mark" in page and "莫识 代 秦砺 办理" in page
    assert story.at() == "section_review"


def test_a_substitute_does_not_see_what_independence_forbids(story: Story) -> None:
    plant = story.plant
    story.file()
    declare_absence(
        actor=plant.team_leader, substitute=plant.coauthor, starts_at=None, ends_at=now() + timedelta(days=3)
    )
    client = plant.client(plant.coauthor)
    page = text_of(client, reverse("queue"))
    assert "我代 秦砺 办理" in page and story.case.number not in page
    assert client.get(address(story, plant.team_leader)).status_code == 403


def test_a_substitute_claims_asks_and_holds_in_the_absent_ones_seat(story: Story) -> None:
    plant = story.plant
    story.file()
    declare_absence(
        actor=plant.team_leader, substitute=plant.teammate, starts_at=None, ends_at=now() + timedelta(days=3)
    )
    client, url = plant.client(plant.teammate), address(story, plant.team_leader)
    assert "This waits" in text_of(client, page_of(story)) or "tasks/" in text_of(client, page_of(story))
    assert send(client, url, "claim").status_code == 303
    assert WorkItem.objects.get().person == plant.team_leader
    again = send(client, url, "add_signer", person=plant.team_leader.name, where="beside")
    assert again.status_code == 422
    assert send(client, url, "consult", person="顾澄", reason="氧枪？").status_code == 303
    story.act(plant.section_member, "advise", "不干涉")
    assert send(client, url, "hold", reason="等图纸").status_code == 303
    assert act(plant.client(plant.team_leader), story, "resume").status_code == 303
    assert send(client, url, "approve").status_code == 303
    named = Decision.objects.filter(actor=plant.teammate).values_list("verb", "on_behalf_of__name")
    assert set(named) == {(verb, "秦砺") for verb in ("claim", "consult", "hold", "approve")}


def test_two_may_hold_the_pool_that_a_third_stands_in_for(story: Story) -> None:
    """A pool's task of an absent colleague is done once; somebody of the pool may still take it."""
    plant = story.plant
    plant.hold(plant.section_member, "team_leader", plant.team)
    story.file()
    declare_absence(
        actor=plant.team_leader, substitute=plant.teammate, starts_at=None, ends_at=now() + timedelta(days=3)
    )
    url = address(story, plant.team_leader)
    assert send(plant.client(plant.section_member), url, "claim").status_code == 303
    assert send(plant.client(plant.teammate), url, "approve").status_code == 409
    assert story.case.number not in text_of(plant.client(plant.teammate), reverse("queue"))


def test_the_words_are_there_in_english(story: Story) -> None:
    plant = story.plant
    story.file()
    Person.objects.filter(pk=plant.team_leader.pk).update(language="en")
    leader, url = plant.client(Person.objects.get(pk=plant.team_leader.pk)), address(story, plant.team_leader)
    more = text_of(leader, url + "more/")
    assert all(word in more for word in ("Transfer…", "Add signer…", "Ask an opinion…", "Hold…"))
    send(leader, url, "consult", person="顾澄", reason="Does it clash?")
    assert "waits for the opinion of 顾澄" in text_of(leader, url)


def test_nobody_is_offered_to_nudge_themselves(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "return_to", "revision", then="resume", reason="请补三个班的停机记录。")
    assert "acts/urge/" not in text_of(plant.client(plant.author), page_of(story))
    assert "acts/urge/" in text_of(plant.client(plant.team_leader), page_of(story))
