"""Two people act on one finding at the same moment: one of both comes first, the other is told so."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from maintenance_audit.findings import ladder, opening
from maintenance_audit.findings.models import Extension, Finding, Told
from maintenance_audit.jobs.models import SettlementHold
from tests.findings.story import FindingStory, claim, drawn, job, ruling
from tests.together import at_once
from workflows.engine import clocks
from workflows.engine.models import Decision
from workflows.ledger.clock import injected
from workflows.ledger.models import Entry
from workflows.organisation.models import Person, Role

pytestmark = pytest.mark.django_db(transaction=True)


def pressed(story: FindingStory, *presses: tuple[Person, dict[str, Any]]) -> list[int]:
    """Each presses at the task that is open now; the answers' codes."""
    clients = [(story.plant.client(person), story.address(person), typed) for person, typed in presses]
    sent = (partial(client.post, url, {"sheet": "1", "token": str(uuid4()), **typed}) for client, url, typed in clients)
    return [answer.status_code for answer in at_once(*sent)]


def decided(story: FindingStory, node: str) -> list[str]:
    return list(Decision.objects.filter(case=story.case, step__node=node).values_list("verb", flat=True))


def test_one_lead_confirms_while_another_withdraws(story: FindingStory) -> None:
    second = story.who("third_checker")
    story.plant.hold(second, Role.AUDIT_LEAD, story.plant.workshop)
    story.found("critical")
    story.reply()
    confirms = (story.who("lead"), {"verb": "complete", **story.order()})
    withdraws = (second, {"verb": "reject", "reason": "领料单属实。"})
    assert sorted(pressed(story, confirms, withdraws)) == [303, 409]
    assert len(decided(story, "confirmation")) == 1
    withdrawn = story.row.withdrawn_at is not None
    assert story.at() == ("closed:dropped" if withdrawn else "rectification")
    assert bool(story.holds()) is not withdrawn


def test_a_reply_while_its_time_runs_out(story: FindingStory) -> None:
    """In time, or nobody replied and a late one comes in on its own page: never lost, never both."""
    story.found()
    due, step = story.step().due_at, story.step()
    client, url = story.plant.client(story.firm), story.address(story.firm)
    typed = {"verb": "complete", "sheet": "1", "token": str(uuid4()), "stand": "contest", "words": "装的是新件。"}

    def reply() -> int:
        with injected(due - timedelta(microseconds=1)):
            return int(client.post(url, typed).status_code)

    def ring() -> None:
        with injected(due + timedelta(seconds=1)):
            clocks.fall_due(step.pk)

    code, _none = at_once(reply, ring)
    replies = story.row.replies.count()
    assert story.at() == "confirmation" and len(decided(story, "reply")) == 1
    assert (code, replies, decided(story, "reply")) in ((303, 1, ["done"]), (409, 0, ["lapse"]))
    if not replies:
        with injected(due + timedelta(minutes=1)):
            late = reverse("finding_reply", args=[story.case.number])
            assert client.post(late, typed | {"token": str(uuid4())}).status_code == 302
        assert story.row.replies.get().in_time is False


def test_two_of_the_firm_reply_late_at_once_and_both_are_read(story: FindingStory) -> None:
    story.found()
    moment, url = story.step().due_at + timedelta(hours=1), reverse("finding_reply", args=[story.case.number])
    with injected(moment):
        clocks.turn()

    def late(person: Person) -> Any:
        typed = {"token": str(uuid4()), "stand": "contest", "words": f"{person.name}：附领料单。"}
        with injected(moment):
            return story.plant.client(person).post(url, typed).status_code

    assert at_once(partial(late, story.firm), partial(late, story.who("colleague"))) == [302, 302]
    assert [reply.in_time for reply in story.row.replies.all()] == [False, False]
    assert Entry.objects.filter(event="maintenance_audit.finding.replied").count() == 2


def test_two_re_check_at_once(story: FindingStory) -> None:
    story.walked_to_rectification()
    story.rectify()
    passes = (story.who("checker"), {"verb": "complete", "words": "看过，编号一致。"})
    fails = (story.who("second_checker"), {"verb": "reject", "reason": "编号不符。"})
    assert sorted(pressed(story, passes, fails)) == [303, 409]
    made = story.row.rectifications.get()
    assert made.passed is not None and story.at() == ("closed:closed" if made.passed else "rectification")
    assert made.checked_by == story.who("checker" if made.passed else "second_checker")


def test_two_approve_a_release_at_once(story: FindingStory) -> None:
    story.walked_to_release()
    story.act(story.who("planner"), "complete", reason="整改已验收。")
    first, second = story.plant.reviewers[:2]
    typed = {"verb": "approve", "reason": "同意。"}
    assert sorted(pressed(story, (first, typed), (second, typed))) == [303, 409]
    assert story.at() == "closed:closed" and SettlementHold.objects.get().released_by in (first, second)
    assert Entry.objects.filter(event="maintenance_audit.settlement.released").count() == 1


def test_more_time_is_granted_and_refused_at_once(story: FindingStory) -> None:
    story.walked_to_rectification()
    url = reverse("finding_extension", args=[story.case.number])
    story.plant.client(story.firm).post(url, {"reason": "配件后天到。", "wanted": story.day(5)})
    before, lead = story.row.rectify_by, story.plant.client(story.who("lead"))
    answer = reverse("finding_extension_answer", args=[story.case.number])
    grant = partial(lead.post, answer, {"grant": "yes", "until": story.day(5), "words": "属实。"})
    refuse = partial(lead.post, answer, {"grant": "no", "words": "自己早该备货。"})
    codes = [told.status_code for told in at_once(grant, refuse)]
    assert sorted(codes) == [302, 422]
    asked = Extension.objects.get()
    assert asked.granted is (codes[0] == 302) and (story.row.rectify_by != before) is asked.granted


def test_two_beats_climb_each_rung_once(story: FindingStory) -> None:
    story.walked_to_rectification()
    moment = story.at_noon(story.row.rectify_by + timedelta(days=8))

    def climb() -> None:
        with injected(moment):
            ladder.turn()

    at_once(climb, climb)
    climbed = Told.objects.filter(what__in=ladder.RUNGS).values_list("what", flat=True)
    assert sorted(climbed) == sorted(ladder.RUNGS)
    assert len(story.holds()) == 1


def test_one_ruling_opened_by_two_is_one_finding(story: FindingStory) -> None:
    made = job(story.plant)
    found = ruling(drawn(story.plant, made), claim(made), severity="critical")
    at_once(*2 * [partial(opening.open_for, found)])
    assert Finding.objects.count() == 1 and SettlementHold.objects.count() == 1
