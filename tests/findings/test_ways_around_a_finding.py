"""A finding attacked through its own doors: forms of another finding, sent twice and at once, by whoever it is not for,
and a release that one person would both ask for and approve."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from maintenance_audit.findings.models import Extension, Reply
from maintenance_audit.jobs.models import SettlementHold
from tests.api.caller import Caller
from tests.findings.story import FindingStory
from tests.hazards.story import photo
from workflows.engine.models import WorkItem
from workflows.organisation.models import Person, Role

pytestmark = pytest.mark.django_db


def late(story: FindingStory, person: Person, token: str, **changes: str) -> Any:
    """Nobody replied in time; the lead has not decided yet."""
    typed = {"stand": "contest", "words": "装的是新件。", "token": token} | changes
    return story.plant.client(person).post(reverse("finding_reply", args=[story.case.number]), typed)


def unanswered(story: FindingStory) -> None:
    story.found()
    with story.later(days=15):
        from workflows.engine import clocks

        clocks.turn()
    assert story.at() == "confirmation"


def test_one_form_sent_at_two_findings_is_a_reply_to_each(story: FindingStory) -> None:
    token = str(uuid4())
    unanswered(story)
    first = story.case
    assert late(story, story.firm, token).status_code == 302
    assert late(story, story.firm, token).status_code == 302
    unanswered(story)
    assert late(story, story.firm, token, words="这条也不认。").status_code == 302
    assert Reply.objects.filter(finding__case=first).count() == 1
    assert Reply.objects.get(finding__case=story.case).words == "这条也不认。"


def test_a_step_form_of_another_finding_is_refused_and_changes_nothing(story: FindingStory) -> None:
    token = str(uuid4())
    story.found()
    typed = {"stand": "accept", "words": "认。", "token": token}
    assert story.send(story.firm, "complete", photos=[photo()], **typed).status_code == 303
    story.found()
    answer = story.send(story.firm, "complete", photos=[photo("#112233")], **typed)
    assert answer.status_code in (303, 409, 422) and story.at() == "reply"
    assert not Reply.objects.filter(finding__case=story.case).exists()


def test_nobody_else_speaks_for_the_firm(story: FindingStory) -> None:
    unanswered(story)
    others = [story.who(key) for key in ("other_firm_person", "lead", "planner", "checker")]
    for person in (*others, story.plant.stranger, story.plant.other_chief, story.plant.observer, story.plant.admin):
        assert late(story, person, str(uuid4())).status_code in (403, 404), person.name
    assert not Reply.objects.exists()


def test_nobody_else_asks_or_answers_for_more_time(story: FindingStory) -> None:
    story.walked_to_rectification()
    wanted, number = story.day(5), story.case.number
    asks, answers = (reverse(name, args=[number]) for name in ("finding_extension", "finding_extension_answer"))
    outside = [story.who("other_firm_person"), story.plant.stranger, story.plant.other_chief, story.plant.admin]
    inside = [story.plant.section_chiefs[1], story.plant.observer, story.plant.reviewers[0], story.who("planner")]
    for person in (*outside, *inside):
        client, api = story.plant.client(person), Caller.of(person)
        assert client.post(asks, {"reason": "料未到", "wanted": wanted}).status_code == 404
        asked = api.post(f"/api/findings/{number}/extension", reason="料未到", wanted=wanted)
        assert asked.status_code == (404 if person in outside else 403), person.name
    assert not Extension.objects.exists()
    assert story.plant.client(story.firm).post(asks, {"reason": "料未到", "wanted": wanted}).status_code == 302
    for person in (*outside, *inside, story.firm, story.who("colleague")):
        said = {"grant": "yes", "until": wanted, "words": "可以"}
        assert story.plant.client(person).post(answers, said).status_code == 404, person.name
        answer = Caller.of(person).post(
            f"/api/findings/{number}/extension/answer", granted=True, words="可", until=wanted
        )
        assert answer.status_code == (404 if person in outside else 403), person.name
    assert Extension.objects.get().granted is None


def test_whoever_asks_for_a_release_does_not_approve_it(story: FindingStory) -> None:
    planner = story.who("planner")
    story.plant.hold(planner, Role.WORKSHOP_REVIEWER, story.plant.workshop)
    story.walked_to_release()
    story.act(planner, "complete", reason="整改已验收。")
    item = WorkItem.objects.filter(step=story.step(), state="open").get()
    assert story.send(planner, "approve").status_code == 403
    api = Caller.of(planner).post(f"/api/cases/{story.case.number}/tasks/{item.pk}/approve", token=str(uuid4()))
    assert api.status_code == 403 and story.holds()
    assert story.case.number not in story.plant.client(planner).get("/queue/").content.decode()
    story.act(story.plant.reviewers[1], "approve", reason="同意。")
    assert not story.holds() and story.at() == "closed:closed"


def test_a_release_approved_twice_is_one(story: FindingStory) -> None:
    story.walked_to_release()
    story.act(story.who("planner"), "complete", reason="整改已验收。")
    token, address = str(uuid4()), story.address(story.plant.reviewers[0])
    sent = {"verb": "approve", "sheet": "1", "token": token, "reason": "同意。"}
    answers = [story.plant.client(story.plant.reviewers[0]).post(address, sent) for _n in range(2)]
    late_one = story.plant.client(story.plant.reviewers[1]).post(address, sent | {"token": str(uuid4())})
    assert [one.status_code for one in answers] == [303, 409] and late_one.status_code == 409
    assert not story.holds() and SettlementHold.objects.filter(released_at__isnull=False).count() == 1
