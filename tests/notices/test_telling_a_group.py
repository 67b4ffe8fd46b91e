"""A unit's group in WeCom, DingTalk or Feishu hears what it may know, once, through the plant's relay."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests import plant as plants
from tests.notices.group_robots import KINDS, WAITING, rested, robot_of, waits
from tests.proposal_story import Story, publish_rules
from workflows.ledger import clock
from workflows.notices.models import Robot, RobotPost, State
from workflows.notices.outbox import oldest_waiting, post
from workflows.notices.tasks import deliver

pytestmark = pytest.mark.usefixtures("quiet_registry")


@pytest.mark.parametrize("kind", KINDS)
def test_a_filed_proposal_is_told_to_its_teams_group(plant, groups, kind):
    robot_of(plant, groups, kind)
    publish_rules(plant)
    case = Story(plant).file()
    deliver()
    (text,) = groups.texts(kind)
    assert "试金" in text
    assert "闪速炉甲班" in text
    assert f"等着办：{case.number}" in text
    assert case.title in text
    assert f"https://assay.plant.example/cases/{case.number}/" in text
    for person in (plant.author, plant.coauthor, plant.team_leader):
        assert person.name not in text
    assert RobotPost.objects.get().state == State.SENT


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_told_once_however_often_the_worker_runs(plant, groups, case, kind):
    robot_of(plant, groups, kind)
    waits(plant, case=case)
    for _ in range(3):
        deliver()
        rested()
    waits(plant, case=case)  # the same occurrence
    deliver()
    assert len(groups.heard) == 1


def test_a_group_above_hears_the_number_and_not_the_title(plant, groups, case):
    robot_of(plant, groups, "wecom", unit=plant.section)
    waits(plant, case=case, title="秘密的标题")
    deliver()
    (text,) = groups.texts()
    assert "TA-2611-0001" in text
    assert "秘密的标题" not in text
    assert "title" not in RobotPost.objects.get().context


def test_a_group_elsewhere_hears_nothing(plant, groups, case):
    robot_of(plant, groups, "wecom", unit=plant.other_team)
    waits(plant, case=case)
    deliver()
    assert not RobotPost.objects.exists()


def test_what_is_shared_with_the_workshop_has_its_title_in_every_group_there(plant, groups, case):
    robot_of(plant, groups, "wecom", unit=plant.other_team)
    case.shared_under = plant.workshop
    case.save(update_fields=["shared_under"])
    waits(plant, case=case)
    deliver()
    assert "换喷嘴" in groups.texts()[0]


@pytest.mark.parametrize("event", ["engine.case.reject", "engine.case.return", "engine.case.copy", "engine.case.urge"])
def test_refusals_and_what_is_between_two_people_are_no_groups_business(plant, groups, case, event):
    robot = robot_of(plant, groups, "wecom")
    Robot.objects.filter(pk=robot.pk).update(events=[event, WAITING])
    context = {"number": "TA-1", "title": "x", "who": "李", "reason": "不行", "step": "proposal/team_review"}
    post(event=event, key="d:1", recipients=[plant.author.pk], subject=f"case:{case.pk}", context=context, url="/")
    deliver()
    assert groups.heard == []


def test_a_robot_tells_what_was_chosen_and_nothing_else(plant, groups, case):
    robot_of(plant, groups, "wecom", events=["engine.case.pass_up"])
    waits(plant, case=case)
    deliver()
    assert groups.heard == []


@pytest.mark.parametrize("kind", ["wecom", "dingtalk"])
def test_markup_and_calls_in_a_title_do_nothing(plant, groups, case, kind):
    robot_of(plant, groups, kind)
    waits(plant, case=case, title="<@all> [点我](http://evil.example) **x** @13800000000")
    deliver()
    (text,) = groups.texts()
    assert "](http://evil.example)" not in text
    assert "<@" not in text
    assert "@13800000000" not in text


def test_many_at_once_are_one_message(plant, groups, case):
    robot_of(plant, groups, "wecom")
    for number in range(25):
        waits(plant, f"TA-2611-{number:04}", "很长的标题" * 20, case)
    deliver()
    (text,) = groups.texts()
    assert len(text.encode()) <= 4096
    assert "……还有" in text
    assert not RobotPost.objects.exclude(state=State.SENT).exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_robot_rests_between_messages(plant, groups, case, kind):
    robot_of(plant, groups, kind)
    waits(plant, "TA-1", case=case)
    deliver()
    waits(plant, "TA-2", case=case)
    deliver()
    assert len(groups.heard) == 1
    rest = Robot.objects.get().next_send_at - clock.now()
    assert timedelta(minutes=1) / rest <= 20  # what the vendors allow
    with clock.injected(clock.now() + timedelta(seconds=5)):
        deliver()
    assert len(groups.heard) == 2


def test_in_quiet_hours_only_what_is_urgent_is_told(plant, groups, case):
    events = [WAITING, "engine.task.escalated"]
    robot_of(plant, groups, "wecom", quiet_from="20:00", quiet_to="07:30", events=events)
    night = clock.now().replace(hour=15, minute=0)  # 23:00 in the plant
    Robot.objects.update(next_send_at=night)
    with clock.injected(night):
        waits(plant, "TA-1", case=case)
        post(
            event="engine.task.escalated", key="e", recipients=[plant.team_leader.pk], subject=f"case:{case.pk}",
            context={"number": "TA-9", "title": "急", "step": "proposal/team_review"}, url="/",
        )  # fmt: skip
        deliver()
        assert oldest_waiting() is None
    assert ["TA-9" in text for text in groups.texts()] == [True]
    assert "班组审" in groups.texts()[0]  # kept as a code, read in the group's language
    assert RobotPost.objects.get(state=State.WAITING).held_for == "quiet"
    with clock.injected(night + timedelta(hours=8)):
        deliver()
        assert len(groups.heard) == 1
    with clock.injected(night + timedelta(hours=8, minutes=31)):
        deliver()
    assert "TA-1" in groups.texts()[1]


def test_a_robot_speaks_the_language_chosen_for_it(plant, groups, case):
    robot_of(plant, groups, "feishu", language="en")
    waits(plant, case=case)
    deliver()
    (heard,) = groups.heard
    assert "Waits to be decided: TA-2611-0001" in heard.text
    assert list(heard.body["content"]["post"]) == ["en_us"]


def test_once_a_working_day_the_group_hears_how_much_is_late(plant, groups, case):
    robot_of(plant, groups, "dingtalk", unit=plant.workshop, events=[], summary_at="08:15")
    for hour, minute in ((8, 0), (8, 15), (9, 0)):
        with clock.injected(timezone.make_aware(datetime(2026, 12, 2, hour, minute))):
            deliver()
    (text,) = groups.texts()
    assert "在办 1 件，逾期 1 件" in text
    assert "https://assay.plant.example/queue/" in text
    assert case.number not in text
    with clock.injected(timezone.make_aware(datetime(2026, 12, 5, 9, 0))):  # Saturday
        deliver()
    assert len(groups.heard) == 1
    with clock.injected(timezone.make_aware(datetime(2026, 12, 7, 16, 0))):  # beat was away in the morning
        deliver()
    assert len(groups.heard) == 2


def test_where_nothing_is_open_the_group_is_left_in_peace(plant, groups, case):
    robot_of(plant, groups, "wecom", unit=plant.other_team, events=[], summary_at="08:15")
    with clock.injected(timezone.make_aware(datetime(2026, 12, 2, 9, 0))):
        deliver()
    assert groups.knocks == []


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_tell_a_group_once(groups):
    plant = plants.build()
    publish_rules(plant)
    robot_of(plant, groups, "wecom")
    case = Story(plant).file()
    for number in range(12):
        waits(plant, f"TA-{number}", case=case)

    def work(_: int) -> None:
        try:
            deliver()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    with clock.injected(clock.now() + timedelta(seconds=5)):
        deliver()
    told = "\n".join(groups.texts())
    assert [told.count(f"TA-{number} ") for number in range(12)] == [1] * 12
    assert not RobotPost.objects.exclude(state=State.SENT).exists()


def test_robots_cost_the_decision_nothing(plant, groups, case, django_assert_num_queries):
    robot_of(plant, groups, "wecom")
    with django_assert_num_queries(1):
        waits(plant, case=case)
