"""Robots as an administrator sets them up on the page, and something for them to tell."""

from __future__ import annotations

from django.urls import reverse

from workflows.ledger import clock
from workflows.notices.models import Robot, RobotPost
from workflows.notices.outbox import post

TOKENS = {
    "wecom": "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa",
    "dingtalk": "566cc69da782ec0f0e5a1c2b3d4e5f60718293a4b5c6d7e8f901234567890abc",
    "feishu": "5b4f3c2a-1d0e-4f9a-8b7c-6d5e4f3a2b1c",
}


ADDRESSES = {
    "wecom": f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={TOKENS['wecom']}",
    "dingtalk": f"https://oapi.dingtalk.com/robot/send?access_token={TOKENS['dingtalk']}",
    "feishu": f"https://open.feishu.cn/open-apis/bot/v2/hook/{TOKENS['feishu']}",
}


SECRETS = {"wecom": "", "dingtalk": "SEC5f1d+/=秘", "feishu": "Zm9v+bar/="}


KINDS = sorted(TOKENS)


WAITING = "engine.task.waiting"


def set_up(plant, kind: str, unit=None, person=None, **changes):
    """As the administrator does it, on the page."""
    form = {
        "unit": (unit or plant.team).pk,
        "kind": kind,
        "name": "甲班群",
        "webhook": ADDRESSES[kind],
        "secret": SECRETS[kind],
        "language": "zh-hans",
        "events": [WAITING],
        "quiet_from": "",
        "quiet_to": "",
        **changes,
    }
    return plant.client(person or plant.admin).post(reverse("admin_robot_new"), form)


def robot_of(plant, groups, kind: str, **changes) -> Robot:
    groups.robots[TOKENS[kind]] = SECRETS[kind]
    answer = set_up(plant, kind, **changes)
    assert answer.status_code == 302, answer.content.decode()
    return Robot.objects.latest("pk")


def rested() -> None:
    """As if some seconds had gone by."""
    Robot.objects.update(next_send_at=clock.now())
    RobotPost.objects.filter(held_for="").update(next_try_at=clock.now())


def waits(plant, number: str = "TA-2611-0001", title: str = "换喷嘴", case=None, key: str = "") -> None:
    post(
        event=WAITING, key=key or f"step:{number}", recipients=[plant.team_leader.pk],
        subject=f"case:{case.pk}", context={"number": number, "title": title}, url=f"/cases/{number}/",
    )  # fmt: skip


def hang_up(door) -> None:
    return None


TROUBLES = {
    "500": lambda door: (500, b"<html>relay</html>"),
    "no json": lambda door: (200, b"<html>sign in first</html>"),
    "empty": lambda door: (200, b""),
    "no code": lambda door: (200, {"hello": 1}),
    "code as text": lambda door: (200, {"errcode": "0"}),
    "a list": lambda door: (200, []),
    "redirect": lambda door: (302, {"errcode": 0}),
    "hangs up": hang_up,
    "unknown code": lambda door: (200, {"errcode": 40035, "errmsg": "缺少参数", "code": 1}),
}
