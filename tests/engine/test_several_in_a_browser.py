"""Picking several tasks with mouse, keys and thumb, and sending them, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest

from tests.proposal_story import Story
from workflows.engine.models import Decision, WorkItem

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def several(story: Story, count: int) -> None:
    for n in range(count):
        story.file(title=f"第{n}件", benefit="9000.00", cost="300.00", category="small_improvement")


def approvals() -> int:
    return Decision.objects.filter(verb="approve").count()


def test_at_the_desk_with_keys(live: Any, story: Story) -> None:
    several(story, 5)
    page = live(1280, person=story.plant.team_leader)
    page.goto("/queue/")
    approve = page.get_by_role("button", name="逐件同意")
    assert approve.is_disabled()
    page.keyboard.press("j")
    page.keyboard.press("x")
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    page.get_by_text("已选 4 件").first.wait_for()
    live.shoot(page, "several-picked")
    approve.click()
    page.get_by_role("heading", name="同意 4 件").wait_for()
    page.get_by_label("这几件共用的意见").fill("都看过，可以")
    live.shoot(page, "several-asked")
    page.get_by_role("button", name="同意这 4 件").click()
    page.get_by_role("heading", name="办好 4 件").wait_for()
    live.shoot(page, "several-done")
    live.no_side_scroll(page)
    assert approvals() == 4 and Decision.objects.filter(reason="都看过，可以").count() == 4
    assert WorkItem.objects.filter(state="open", step__node="team_review").count() == 1


def test_with_a_thumb(live: Any, story: Story) -> None:
    several(story, 3)
    page = live(390, person=story.plant.team_leader)
    page.goto("/queue/")
    assert page.locator(".tick").first.is_hidden()
    page.get_by_role("link", name="选几件").click()
    page.get_by_role("link", name="第1件").tap()
    page.get_by_label("第2件").tap()
    page.get_by_text("已选 2 件").last.wait_for()
    live.shoot(page, "several-thumb")
    live.no_side_scroll(page)
    page.get_by_role("button", name="逐件同意").click()
    page.get_by_role("button", name="同意这 2 件").click()
    page.get_by_role("heading", name="办好 2 件").wait_for()
    live.shoot(page, "several-thumb-done")
    assert approvals() == 2


def test_a_connection_that_breaks_off_loses_nothing(live: Any, story: Story) -> None:
    several(story, 3)
    page = live(1280, person=story.plant.team_leader)
    page.goto("/queue/")
    page.get_by_label("选本页全部").check()
    page.get_by_role("button", name="逐件同意").click()
    sent = {"n": 0}

    def gate(route: Any) -> None:
        sent["n"] += 1
        route.abort() if sent["n"] == 2 else route.continue_()

    page.route("**/queue/batch/", gate)
    live.expect("ERR_FAILED")
    page.get_by_role("button", name="同意这 3 件").click()
    page.get_by_text("连接断了").wait_for()
    assert approvals() == 1
    page.get_by_role("button", name="同意这 3 件").click()
    page.get_by_role("heading", name="办好 3 件").wait_for()
    assert approvals() == 3


def test_without_script_the_boxes_are_a_plain_form(live: Any, story: Story) -> None:
    several(story, 2)
    page = live(1280, person=story.plant.team_leader, java_script_enabled=False)
    page.goto("/queue/")
    page.get_by_label("第0件").check()
    page.get_by_label("第1件").check()
    page.get_by_role("button", name="逐件同意").click()
    page.get_by_role("button", name="同意这 2 件").click()
    page.get_by_role("heading", name="办好 2 件").wait_for()
    assert approvals() == 2
