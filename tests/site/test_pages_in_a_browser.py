"""The shell in a real browser, at two widths and in both lights: no violation of the policy, no side scroll."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser import Live
from tests.plant import Plant
from tests.proposal_story import Story
from workflows.engine.models import WorkItem

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [(390, False), (390, True), (1280, False), (1280, True)]


@pytest.mark.parametrize(("width", "dark"), LOOKS)
def test_home_fits_and_follows_the_light(live: Live, plant: Plant, width: int, dark: bool) -> None:
    page = live(width, person=plant.team_leader, dark=dark)
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark" if dark else "light")
    expect(page.get_by_role("heading", level=1)).to_contain_text("秦砺，")
    live.no_side_scroll(page)
    live.shoot(page, f"site-home{'-dark' if dark else ''}")


@pytest.mark.parametrize(("width", "dark"), LOOKS)
def test_a_wrong_address_is_answered_plainly(live: Live, plant: Plant, width: int, dark: bool) -> None:
    live.expect(404)
    page = live(width, person=plant.author, dark=dark)
    page.goto("/no/such/page/")
    expect(page.get_by_role("heading", level=1)).to_have_text("这里什么也没有")
    live.no_side_scroll(page)
    live.shoot(page, f"site-404{'-dark' if dark else ''}")


@pytest.mark.parametrize("width", [390, 1280, 320])
def test_the_sign_in_page_is_clean(live: Live, plant: Plant, width: int) -> None:
    page = live(width)
    page.goto("/")
    expect(page.locator("main")).to_be_visible()
    live.no_side_scroll(page)
    live.shoot(page, "site-sign-in")


def test_english_is_whole(live: Live, plant: Plant) -> None:
    plant.author.language = "en"
    plant.author.save()
    page = live(1280, person=plant.author, language="en-GB")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("link", name="Source code")).to_be_visible()
    live.shoot(page, "site-home-en")


def test_icons_come_out_of_the_sprite(live: Live, plant: Plant) -> None:
    page = live(1280, person=plant.author)
    page.goto("/")
    box = page.locator(".rail .icon use").first.bounding_box()
    assert box
    assert box["width"] > 4, "the sprite was not drawn"


def test_keys_are_listed_and_can_be_turned_off(live: Live, plant: Plant) -> None:
    page = live(1280, person=plant.author)
    page.goto("/")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="快捷键")).to_be_visible()
    page.get_by_label("在这台设备上使用快捷键").uncheck()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="快捷键")).to_be_hidden()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "search-box"


def test_the_keyboard_reaches_the_text_first(live: Live, plant: Plant) -> None:
    page = live(1280, person=plant.author)
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()


def test_without_signal_the_offline_page_comes(live: Live, plant: Plant) -> None:
    page = live(390, person=plant.author)
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    live.expect(live.OFFLINE)
    page.context.set_offline(True)
    page.goto("/offline-somewhere/")
    expect(page.get_by_role("heading", name="没有信号")).to_be_visible()
    live.shoot(page, "site-offline")
    # The filing page is there all the same: its shell was kept, and it knows nobody.
    page.goto("/proposals/new/")
    expect(page.get_by_label("题目").first).to_be_visible()
    live.shoot(page, "site-offline-filing")
    page.context.set_offline(False)


@pytest.mark.parametrize(("width", "dark"), LOOKS)
def test_home_with_work_on_it_fits(live: Live, story: Story, width: int, dark: bool) -> None:
    chief = story.plant.section_chiefs[0]
    for title in ("浮选药剂台增设泄漏围堰", "精矿喷嘴分布锥改双层导流，降低烟尘率", "一" * 40):
        case = story.file(title=title, benefit="99999999.99")
        story.act(story.plant.team_leader, "approve")
    WorkItem.objects.filter(case=case).update(due_at=timezone.now() - timedelta(days=2))
    story.file(title="沉淀池测温孔改带自锁盖板", author=chief, coauthors=())
    page = live(width, person=chief, dark=dark)
    page.goto("/")
    expect(page.get_by_role("heading", name="先办这几件")).to_be_visible()
    live.no_side_scroll(page)
    live.shoot(page, f"site-home-work{'-dark' if dark else ''}")
