"""Reminder, late, escalated: each once, in order, told to the right people, and from then on both may act."""

from __future__ import annotations

import copy
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from innovation.proposals.rules import DEFAULT_RULES
from tests.plant import Plant
from tests.proposal_story import Story, publish_rules
from workflows.engine import beside, clocks, plant_calendar
from workflows.engine.errors import BadMove
from workflows.engine.models import Decision, Step, WorkItem
from workflows.engine.turn import turn
from workflows.ledger.clock import injected, now
from workflows.ledger.models import Entry
from workflows.notices.models import Outbox
from workflows.organisation import tokens
from workflows.organisation.models import Person, Role

pytestmark = pytest.mark.django_db


def beat(at: datetime) -> int:
    with injected(at):
        return clocks.turn()


def verbs(step: Step) -> list[str]:
    return list(Decision.objects.filter(step=step, actor=None).order_by("pk").values_list("verb", flat=True))


def told(event: str) -> list[str]:
    rows = Outbox.objects.filter(event=f"engine.task.{event}", channel="in_product")
    return sorted(rows.values_list("recipient__name", flat=True))


def names(people: list[Person]) -> list[str]:
    return sorted(p.name for p in people)


def levels(**changes: dict[str, Any]) -> list[dict[str, Any]]:
    made = copy.deepcopy(DEFAULT_RULES["levels"])
    return [level | changes.get(level["level"], {}) for level in made]


def small(story: Story) -> Step:
    """A small improvement, at the team leader."""
    story.file(benefit="1000.00", cost="10.00")
    return story.step()


def escalated(story: Story) -> Step:
    step = story.step()
    beat(step.escalate_at)
    step.refresh_from_db()
    assert step.escalated_at
    return step


def page(story: Story, person: Person) -> str:
    answer = story.plant.client(person).get(reverse("case", args=[story.case.number]))
    assert answer.status_code == 200
    return answer.content.decode()


# ------------------------------------------------------------------------------------------------ in order, each once


def test_a_team_leader_is_reminded_then_late_then_the_chief_may_decide(story: Story) -> None:
    plant, step = story.plant, small(story)
    assert beat(now()) == 0 and step.rings_at == step.remind_at
    assert beat(step.remind_at) == 1 and beat(step.remind_at) == 0
    assert told("remind") == ["秦砺"] and verbs(step) == ["remind"]
    assert beat(step.due_at) == 1 and beat(step.due_at + timedelta(minutes=5)) == 0
    assert told("late") == names(plant.section_chiefs)
    assert beat(step.escalate_at) == 1 and beat(step.escalate_at + timedelta(days=9)) == 0
    assert verbs(step) == ["remind", "overdue", "escalate"]
    assert told("escalated") == names(plant.section_chiefs) and told("shared") == ["秦砺"]
    assert told("remind") == ["秦砺"] and told("late") == names(plant.section_chiefs)


def test_each_ring_is_an_entry_of_the_case(story: Story) -> None:
    small(story)
    escalated(story)
    entries = Entry.objects.filter(chain__subject=f"case:{story.case.pk}").order_by("seq")
    assert [e.event for e in entries] == ["engine.case.filed", "engine.case.ran_late", "engine.case.escalated"]


def test_beat_was_away_for_three_days(story: Story) -> None:
    """No reminder after the deadline; the person above hears one thing and not two; both are on record, in order."""
    step = small(story)
    assert beat(step.escalate_at + timedelta(days=3)) == 1
    assert verbs(step) == ["overdue", "escalate"]
    assert told("remind") == [] and told("late") == []
    assert told("escalated") == names(story.plant.section_chiefs)
    for minute in range(3):
        assert beat(step.escalate_at + timedelta(days=3, minutes=minute)) == 0


def test_what_was_decided_in_time_does_not_ring(story: Story) -> None:
    step = small(story)
    story.act(story.plant.team_leader, "return_to", "revision", then="resume", reason="补一张照片")
    beat(step.due_at + timedelta(days=30))
    assert verbs(step) == []


def test_times_turn_with_the_month_and_the_year(plant: Plant) -> None:
    with injected(datetime.fromisoformat("2025-12-01T08:00:00+08:00")):
        publish_rules(plant)
    story = Story(plant)
    plant_calendar.import_year(2026)
    plant_calendar.import_year(2025)
    with injected(datetime.fromisoformat("2025-12-31T15:30:00+08:00")):
        step = small(story)
    assert step.due_at == datetime.fromisoformat("2026-01-04T15:30:00+08:00")  # 1 January off, 4 January made up
    assert step.escalate_at == datetime.fromisoformat("2026-01-05T15:30:00+08:00")
    assert beat(datetime.fromisoformat("2026-01-04T15:29:59+08:00")) == 1 and verbs(step) == ["remind"]
    assert beat(step.due_at) == 1 and verbs(step) == ["remind", "overdue"]
    plant_calendar.forget()


# ------------------------------------------------------------------------------------------------ both may decide


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


# ------------------------------------------------------------------------------------------------ who is above


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


# ------------------------------------------------------------------------------------------------ beside the verbs


def test_a_held_case_stands_still_and_its_clock_goes_on_after_it(story: Story) -> None:
    plant, step = story.plant, small(story)
    story.act(plant.team_leader, "hold", "等备件")
    beat(step.escalate_at + timedelta(days=30))
    assert verbs(step) == []
    before = step.due_at
    with injected(now() + timedelta(days=40)):
        beside.release_hold(actor=plant.team_leader, case_id=story.case.pk)
    step.refresh_from_db()
    assert step.due_at > before + timedelta(days=39) and step.remind_at < step.due_at < step.escalate_at
    assert step.rings_at == step.remind_at
    beat(step.remind_at)
    assert verbs(step) == ["remind"]


def test_a_reminder_is_nobodys_act(story: Story) -> None:
    """Who has approved may still take it back when the next step has only been reminded of."""
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "approve")
    step = story.step()
    beat(step.remind_at)
    beside.take_back(actor=plant.team_leader, case_id=story.case.pk)
    assert story.at() == "team_review"


def test_each_visit_has_its_own_clock(story: Story) -> None:
    plant, first = story.plant, small(story)
    beat(first.remind_at)
    story.act(plant.team_leader, "return_to", "revision", then="resume", reason="补一张照片")
    story.act(plant.author, "complete")
    again = story.step()
    assert again.node == "team_review" and again.pk != first.pk
    beat(again.remind_at)
    assert verbs(again) == ["remind"] and told("remind") == ["秦砺", "秦砺"]


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


# ------------------------------------------------------------------------------------------------ pages and API


def test_pages_say_late_and_escalated(story: Story) -> None:
    plant = story.plant
    small(story)
    step = escalated(story)
    with injected(step.escalated_at):
        case = page(story, plant.author)
        assert "期限已过，已告知 高焰、沈淬、白锐" in case and "已升级：从现在起 高焰、沈淬、白锐 也可以办" in case
        chief = plant.client(plant.section_chiefs[0])
        queue = chief.get(reverse("queue")).content.decode()
        assert "升级到我" in queue
        item = WorkItem.objects.get(step=step, person=plant.section_chiefs[0])
        task = chief.get(reverse("decide", args=[story.case.number, item.pk])).content.decode()
        assert "已升级到您" in task and "您一人决定" in task
        bearer = {"Authorization": f"Bearer {tokens.issue(plant.section_chiefs[0], '试')}"}
        api = chief.get(f"/api/cases/{story.case.number}", headers=bearer).json()
        assert api["present"]["escalated_at"] and api["present"]["late"] and api["yours"]["item"] == item.pk
        (row,) = chief.get("/api/queue", headers=bearer).json()["items"]
        assert row["escalated"] and row["late"]
        Person.objects.filter(pk=plant.author.pk).update(language="en")
        assert "Escalated: from now on" in page(story, Person.objects.get(pk=plant.author.pk))


def test_a_stranger_sees_nothing_of_an_escalated_task(story: Story) -> None:
    plant = story.plant
    small(story)
    step = escalated(story)
    item = WorkItem.objects.filter(step=step, origin="escalated").first()
    assert item is not None
    client = plant.client(plant.stranger)
    assert client.post(reverse("decide", args=[story.case.number, item.pk]), {"verb": "approve"}).status_code == 404


# ------------------------------------------------------------------------------------------------ many, and at once


def test_many_steps_not_due_cost_the_same(story: Story) -> None:
    small(story)

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            clocks.turn()
        return len(seen)

    few = statements()
    for _n in range(12):
        Story(story.plant).file(benefit="1000.00", cost="10.00")
    assert statements() == few


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_ring_once(plant: Plant) -> None:
    publish_rules(plant)
    stories = [Story(plant) for _n in range(4)]
    for story in stories:
        story.file(benefit="1000.00", cost="10.00")
    at = stories[0].step().escalate_at + timedelta(days=1)
    start = threading.Barrier(2)

    def one() -> None:
        try:
            start.wait()
            beat(at)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for story in stories:
        assert verbs(story.step()) == ["overdue", "escalate"]
        assert WorkItem.objects.filter(step=story.step(), origin="escalated").count() == 3
