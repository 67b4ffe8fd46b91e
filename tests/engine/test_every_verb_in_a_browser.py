"""The sheets behind 更多, in a browser: list, form, search, and the page that waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from tests.browser import Live
from tests.proposal_story import Story
from workflows.engine.models import Decision
from workflows.ledger.clock import now
from workflows.organisation.absences import declare_absence

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def decide_url(story: Story, person: Any) -> str:
    item = story.item(person)
    return reverse("decide", args=[item.case.number, item.pk])


@pytest.mark.parametrize("width", [390, 1280])
def test_an_opinion_is_asked_from_the_sheet(live: Live, story: Story, width: int) -> None:
    plant = story.plant
    story.file()
    page = live(width, person=plant.team_leader)
    page.goto(decide_url(story, plant.team_leader))
    page.get_by_role("link", name="更多").locator("visible=true").click()
    sheet = page.locator("dialog#sheet")
    live.shoot(page, f"more-{width}")
    sheet.get_by_role("link", name="委派…").click()
    sheet.get_by_role("heading", name="委派").wait_for()
    sheet.locator("#who").press_sequentially("顾")
    sheet.get_by_text("顾澄").wait_for()
    sheet.locator("textarea").fill("氧枪会不会干涉？")
    live.shoot(page, f"consult-{width}")
    live.no_side_scroll(page)
    sheet.get_by_role("button", name="委派").click()
    page.get_by_text("等 顾澄 的意见").wait_for()
    live.shoot(page, f"parked-{width}")
    live.no_side_scroll(page)
    assert Decision.objects.filter(verb="consult").count() == 1
    member = live(width, person=plant.section_member)
    member.goto(decide_url(story, plant.section_member))
    member.get_by_role("heading", name="请您出意见").wait_for()
    live.shoot(member, f"advise-{width}")
    live.no_side_scroll(member)


@pytest.mark.parametrize(("width", "language"), [(390, "en"), (1280, "zh-CN")])
def test_a_substitutes_queue_a_held_case_and_the_profile_fit(
    live: Live, story: Story, width: int, language: str
) -> None:
    plant = story.plant
    story.file()
    declare_absence(
        actor=plant.team_leader, substitute=plant.teammate, starts_at=None, ends_at=now() + timedelta(days=3)
    )
    if language == "en":
        type(plant.teammate).objects.filter(pk=plant.teammate.pk).update(language="en")
    page = live(width, person=plant.teammate, language=language)
    for name, url in (("queue", reverse("queue")), ("profile", reverse("profile")),
                      ("sheet", decide_url(story, plant.team_leader) + "add_signer/")):  # fmt: skip
        page.goto(url)
        live.no_side_scroll(page)
        live.shoot(page, f"substitute-{name}-{width}")
    story.act(plant.teammate, "hold", "等大修图纸和备件到货")
    page.goto(reverse("case", args=[story.case.number]))
    live.no_side_scroll(page)
    live.shoot(page, f"held-{width}")
