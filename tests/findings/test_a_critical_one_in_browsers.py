"""One critical finding in browsers: it holds a settlement, is replied to, confirmed, rectified, fails a re-check,
passes the second by somebody new, and the hold is released by approval. Every version stays readable."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser import Live
from tests.findings.story import FindingStory, people, photo, publish_rules
from tests.plant import Plant
from workflows.organisation.models import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def file_of(name: str, colour: str) -> dict[str, Any]:
    return {"name": name, "mimeType": "image/jpeg", "buffer": photo(colour).read()}


class Hands:
    """One browser, handed from person to person."""

    def __init__(self, live: Live, story: FindingStory, width: int) -> None:
        self.live, self.story, self.width = live, story, width
        self.page: Page = live(width)

    def as_(self, person: Person) -> Page:
        self.page.context.clear_cookies()
        self.live.sign_in(self.page.context, person)
        return self.page

    def finding(self, person: Person) -> Page:
        page = self.as_(person)
        page.goto(f"/findings/{self.story.case.number}/")
        self.live.no_side_scroll(page)
        return page

    def work(self, person: Person, shot: str = "", photos: tuple[str, str] | None = None, **typed: str) -> None:
        """From the finding's page to the task, fill in what is asked, send it."""
        page = self.finding(person)
        page.locator("a[href*='/tasks/']").locator("visible=true").first.click()
        page.wait_for_url("**/tasks/**")
        if photos:
            page.locator("#work [name=photos]").set_input_files([file_of(*photos)])
        for name, text in typed.items():
            box = page.locator(f"#work [name={name}]")
            if name == "stand":
                page.get_by_text(text, exact=True).click()
            elif name == "rectifier":
                box.select_option(text)
            else:
                box.fill(text)
        self.live.no_side_scroll(page)
        if shot:
            self.live.shoot(page, shot)
        with page.expect_navigation():
            page.locator("#work button[value=complete]").click()

    def fails(self, person: Person, reason: str) -> None:
        page = self.finding(person)
        page.locator("a[href*='/tasks/']").locator("visible=true").first.click()
        page.locator("button[value=reject]").click()
        page.locator("dialog textarea[name=reason], form textarea[name=reason]").last.fill(reason)
        with page.expect_navigation():
            page.locator("dialog button[value=reject], dialog .btn-primary").last.click()


@pytest.mark.parametrize("width", [390, 1280])
def test_it_is_held_and_released(plant: Plant, settings: Any, tmp_path: Any, live: Live, width: int) -> None:
    settings.MEDIA_ROOT = tmp_path
    people(plant)
    publish_rules(plant)
    story = FindingStory(plant)
    story.found("critical")
    hands = Hands(live, story, width)

    page = hands.as_(story.firm)
    page.goto("/")
    live.no_side_scroll(page)
    live.shoot(page, "contractor-home")
    page = hands.finding(story.who("colleague"))
    note = page.locator(".note[data-s=critical]")
    note.get_by_text("严重问题，结算已暂停").wait_for()
    note.get_by_text("¥86,400.00").wait_for()
    hands.work(
        story.who("colleague"), "finding-reply", ("领料单.jpg", "#445566"), stand="不认可",
        words="装的是新件，附领料单。",
    )  # fmt: skip
    hands.work(
        story.who("lead"), "finding-confirm", reason="领料单日期晚于安装日期，不采信。",
        measure="换新密封，旧件封存交回",
        standard="原厂件，试车 2 小时不漏", rectifier=str(story.firm.pk), answers="罗澈", rectify_by=story.day(2),
    )  # fmt: skip
    live.shoot(hands.finding(story.firm), "finding-ordered")
    hands.work(story.firm, "finding-rectify", ("第一次.jpg", "#228844"), words="第一次：换了密封。")
    live.shoot(hands.finding(story.who("top_checker")), "finding-to-recheck")
    hands.fails(story.who("top_checker"), "合格证编号与实物不符。")
    assert story.at() == "rectification"
    hands.work(story.firm, "", ("第二次.jpg", "#22aa66"), words="第二次：换了原厂件，编号一致。")
    assert not hands.finding(story.who("top_checker")).locator("a[href*='/tasks/']").count()
    hands.work(story.who("second_top"), "finding-recheck", ("复查.jpg", "#6688aa"), words="现场看过，编号一致。")
    assert story.row.closed_at and story.holds()
    hands.work(story.who("planner"), "", reason="复查通过，请恢复结算。")
    page = hands.finding(plant.reviewers[0])
    page.locator("a[href*='/tasks/']").locator("visible=true").first.click()
    live.shoot(page, "finding-release")
    with page.expect_navigation():
        page.get_by_role("button", name="同意，恢复结算").locator("visible=true").first.click()
    assert not story.holds() and story.at() == "closed:closed"

    page = hands.finding(story.firm)
    live.shoot(page, "finding-closed")
    assert page.locator(".note[data-s=critical]").count() == 0
    versions = (
        "第一次：换了密封。",
        "合格证编号与实物不符。",
        "第二次：换了原厂件，编号一致。",
        "现场看过，编号一致。",
    )
    for words in versions:
        assert page.get_by_text(words).count() >= 1
    page.goto("/findings/")
    live.no_side_scroll(page)
    live.shoot(page, "finding-list")
    live.expect(404)
    page = hands.as_(story.who("other_firm_person"))
    assert page.goto(f"/findings/{story.case.number}/").status == 404  # type: ignore[union-attr]
