"""A reviewer's hand on the phone and at the desk, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tests.plant import Plant
from tests.proposal_story import Story, publish_rules
from workflows.engine.models import Decision

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_return_opens_as_a_sheet_with_the_opinion_carried_into_it(live: Any, plant: Plant) -> None:
    publish_rules(plant)
    story = Story(plant)
    case = story.file()
    story.act(plant.team_leader, "approve", "已核对")
    chief = plant.section_chiefs[0]
    url = reverse("decide", args=[case.number, story.item(chief).pk])
    page = live(1280, person=chief)
    page.goto(url)
    page.locator("#op").fill("缺三个班的记录")
    page.locator("[data-key=return]").click()
    sheet = page.locator("dialog#sheet")
    assert sheet.locator("textarea").input_value() == "缺三个班的记录"
    live.no_side_scroll(page)
    sheet.get_by_text("逐级重走").click()
    sheet.locator("button.btn-primary").click()
    page.wait_for_url("**/queue/")
    returned = Decision.objects.get(verb="return")
    assert (returned.reason, returned.data["then"]) == ("缺三个班的记录", "walk")


def test_approving_with_the_thumb_leads_to_the_next(live: Any, plant: Plant) -> None:
    publish_rules(plant)
    story = Story(plant)
    for title in ("第一件", "第二件"):
        story.file(title=title)
    page = live(390, person=plant.team_leader)
    page.goto("/queue/")
    page.get_by_role("link", name="第一件").click()
    page.get_by_role("heading", name="第一件").wait_for()
    live.no_side_scroll(page)
    page.locator("[data-key=approve]").click()
    page.get_by_role("heading", name="第二件").wait_for()
    page.get_by_text("已同意").wait_for()
    page.locator("a[data-sheet]", has_text="附意见").click()
    page.locator("dialog#sheet textarea").fill("烟尘率记录已核对")
    page.locator("dialog#sheet button.btn-primary").click()
    page.wait_for_url("**/queue/")
    assert Decision.objects.filter(verb="approve", reason="烟尘率记录已核对").exists()
