"""The pages on notices in a real browser, on a phone and at a desk: clean under the content policy, no side scroll."""

from __future__ import annotations

from datetime import time

import pytest

from tests import plant as plants
from workflows.notices.models import Outbox, Preference, Robot, RobotPost, State
from workflows.notices.robots import credentials
from workflows.notices.robots.credentials import Credential

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def plant(transactional_db, settings) -> plants.Plant:
    settings.ROBOT_RELAY = "http://127.0.0.1:9"
    plant = plants.build()
    for number, (unit, kind) in enumerate(
        ((plant.team, "wecom"), (plant.section, "dingtalk"), (plant.workshop, "feishu"))
    ):
        robot = Robot(unit=unit, kind=kind, name=f"{unit.name}群", made_by=plant.admin, signed=kind != "wecom")
        robot.credential = credentials.seal(robot.uuid, Credential("abcdefgh", "x"))
        robot.events = ["engine.task.waiting", "engine.task.late"][: 2 - number]
        robot.quiet_from, robot.quiet_to = (time(21), time(7, 30)) if number == 0 else (None, None)
        robot.last_error = "HTTP 200 · 310000 · sign not match" if number == 1 else ""
        robot.is_active = number != 2
        robot.save()
        RobotPost.objects.create(
            robot=robot, event="engine.task.waiting", key="k", subject="case:1", url="/", tries=12,
            state=State.FAILED if number == 1 else State.SKIPPED, last_error=robot.last_error,
        )  # fmt: skip
    Outbox.objects.create(
        event="engine.case.approve", key="m", recipient=plant.author, channel="mail", subject="case:1", url="/",
        tries=3, last_error="SMTPRecipientsRefused: (550, no such user here, and a sentence)",
    )  # fmt: skip
    Preference.objects.create(person=plant.author, off=["copies:mail"], quiet_from=time(21), quiet_to=time(7))
    return plant


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_each_page(live, plant, width, language):
    for person in (plant.admin, plant.author):
        person.language = language
        person.save()
    plant.client(plant.author).get("/notices/preferences/")  # templates and texts are read before the clock runs
    page = live(width, person=plant.author, dark=language == "en")
    page.goto("/notices/preferences/")
    page.locator("input[name=wanted]:not([disabled])").first.check()
    live.no_side_scroll(page)
    live.shoot(page, f"preferences-{language}")
    page = live(width, person=plant.admin, dark=language == "en")
    for name in ("robots/", "robots/new/", "undelivered/"):
        page.goto(f"/notices/{name}")
        live.no_side_scroll(page)
        live.shoot(page, f"{name.strip('/').replace('/', '-')}-{language}")
    page.get_by_role("link", name="放弃…" if language == "zh-hans" else "Discard…").first.click()
    page.get_by_role("textbox").fill("邮箱注销")
    live.shoot(page, f"discard-{language}")
