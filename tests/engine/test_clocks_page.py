"""Reminder, late, escalated: each once, in order, told to the right people, however often the beat comes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.engine.clock_story import beat, escalated, names, page, small, told, verbs
from tests.plant import Plant
from tests.proposal_story import Story, publish_rules
from tests.together import at_once
from workflows.engine import beside, clocks, plant_calendar
from workflows.engine.models import WorkItem
from workflows.ledger.clock import injected, now
from workflows.ledger.models import Entry
from workflows.organisation import tokens
from workflows.organisation.models import Person

pytestmark = pytest.mark.django_db


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


def test_a_held_case_stands_still_and_its_clock_goes_on_after_it(story: Story) -> None:
    plant, step = story.plant, small(story)
    story.act(plant.team_leader, "hold", "等备件")
    beat(step.escalate_at + timedelta(days=30))
    assert verbs(step) == []
    before = step.due_at
    with injected(now() + timedelta(days=40)):
        beside.release_hold(actor=plant.team_leader, case_id=story.case.pk)
    step.refresh_from_db()
    # Forty days later, give or take a day that is no working day.
    assert step.due_at > before + timedelta(days=38) and step.remind_at < step.due_at < step.escalate_at
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
    at_once(*2 * [lambda: beat(at)])
    for story in stories:
        assert verbs(story.step()) == ["overdue", "escalate"]
        assert WorkItem.objects.filter(step=story.step(), origin="escalated").count() == 3
