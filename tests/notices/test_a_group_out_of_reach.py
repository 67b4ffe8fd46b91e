"""Vendors that are slow, wrong or away: nothing is lost, nobody else waits, and in the end somebody is told."""

from __future__ import annotations

import socket
import time
from datetime import timedelta

import pytest
from django.urls import reverse

from tests.notices.group_robots import KINDS, TROUBLES, rested, robot_of, waits
from workflows.ledger import clock
from workflows.notices import backoff
from workflows.notices.models import Robot, RobotPost, State
from workflows.notices.outbox import oldest_waiting
from workflows.notices.robots import relay
from workflows.notices.tasks import deliver

pytestmark = pytest.mark.usefixtures("quiet_registry")


MINUTE = timedelta(minutes=1)


THROTTLED = {
    "wecom": (200, {"errcode": 45009, "errmsg": "api freq out of limit"}, MINUTE),
    "dingtalk": (
        200,
        {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"},
        timedelta(minutes=10),
    ),
    "feishu": (400, {"code": 9499, "msg": "too many request", "data": {}}, MINUTE),
}


@pytest.mark.parametrize("kind", KINDS)
def test_told_too_fast_it_waits_and_loses_nothing(plant, groups, case, kind):
    status, content, wait = THROTTLED[kind]
    robot_of(plant, groups, kind)
    groups.trouble = lambda door: (status, content)
    waits(plant, case=case)
    deliver()
    row = RobotPost.objects.get()
    assert (row.state, row.tries) == (State.WAITING, 0)
    assert wait - timedelta(seconds=20) < row.next_try_at - clock.now() <= wait
    deliver()
    assert len(groups.knocks) == 1
    groups.trouble = None
    with clock.injected(clock.now() + wait + timedelta(seconds=1)):
        deliver()
    assert len(groups.heard) == 1


@pytest.mark.parametrize("trouble", TROUBLES)
def test_whatever_goes_wrong_is_no_success_and_is_tried_again(plant, groups, case, trouble):
    robot_of(plant, groups, "wecom")
    groups.trouble = TROUBLES[trouble]
    waits(plant, case=case)
    deliver()
    row = RobotPost.objects.get()
    assert (row.state, row.tries) == (State.WAITING, 1)
    assert row.last_error
    assert row.next_try_at > clock.now()
    groups.trouble = None
    with clock.injected(clock.now() + timedelta(minutes=2)):
        deliver()
    assert len(groups.heard) == 1


def test_a_server_that_drips_keeps_no_worker(plant, groups, case, monkeypatch):
    monkeypatch.setattr(relay, "TIMEOUT", 0.5)

    def drip(door) -> None:
        door.send_response(200)
        door.end_headers()
        for _ in range(40):
            door.wfile.write(b" ")
            door.wfile.flush()
            time.sleep(0.1)

    robot_of(plant, groups, "wecom")
    groups.trouble = drip
    waits(plant, case=case)
    began = time.monotonic()
    deliver()
    assert time.monotonic() - began < 2.5
    assert RobotPost.objects.get().last_error == "TimeoutError"


def test_a_relay_that_is_away_ends_the_round_and_rests_longer_each_time(plant, groups, case, settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.ROBOT_RELAY = f"http://127.0.0.1:{free.getsockname()[1]}"
    robot_of(plant, groups, "wecom")
    waits(plant, case=case)
    moment, pauses = clock.now(), []
    for _ in range(5):
        with clock.injected(moment):
            deliver()
            robot = Robot.objects.get()
            pauses.append(robot.next_send_at - clock.now())
            moment = max(robot.next_send_at, RobotPost.objects.get().next_try_at) + timedelta(seconds=1)
    assert pauses == sorted(pauses)
    assert pauses[-1] >= 8 * pauses[0]
    assert RobotPost.objects.get().last_error == "ConnectionRefusedError"


def test_in_the_end_it_gives_up_and_stands_on_the_operators_page(plant, groups, case):
    robot_of(plant, groups, "wecom")
    groups.trouble = TROUBLES["500"]
    waits(plant, case=case, title="秘密的标题")
    RobotPost.objects.update(tries=0)
    deliver()
    RobotPost.objects.update(tries=backoff.GREATEST_TRIES - 1)
    rested()
    deliver()
    assert RobotPost.objects.get().state == State.FAILED
    page = plant.client(plant.admin).get(reverse("admin_stuck")).content.decode()
    assert "甲班群" in page
    assert "HTTP 500" in page
    assert "秘密的标题" not in page

    groups.trouble = None
    plant.client(plant.admin).post(reverse("admin_stuck_retry_all"))
    rested()
    deliver()
    assert len(groups.heard) == 1
    assert "都送到了" in plant.client(plant.admin).get(reverse("admin_stuck")).content.decode()


def test_without_a_relay_nothing_leaves_the_plant(plant, groups, case, settings):
    robot = robot_of(plant, groups, "wecom")
    settings.ROBOT_RELAY = ""
    waits(plant, case=case)
    deliver()
    page = plant.client(plant.admin).post(reverse("admin_robot_trial", args=[robot.pk]), follow=True)
    assert "什么都不会发出厂" in page.content.decode()
    assert groups.knocks == []
    assert not RobotPost.objects.exists()
    assert oldest_waiting() is None


def test_a_robot_whose_key_does_not_open_keeps_no_other_waiting(plant, groups, case):
    """The plant was restored under another SEALING_KEY."""
    broken = robot_of(plant, groups, "wecom")
    Robot.objects.filter(pk=broken.pk).update(credential=b"0" * 60, next_send_at=clock.now() - MINUTE)
    robot_of(plant, groups, "feishu", name="乙班群")
    waits(plant, case=case)
    deliver()
    assert len(groups.heard) == 1
    broken.refresh_from_db()
    assert broken.failures == 1 and broken.last_error and broken.next_send_at > clock.now()
    assert [post.tries for post in RobotPost.objects.filter(robot=broken)] == [1]
