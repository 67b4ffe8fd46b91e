"""The small scripts: one submit a form, sheets over the page, the token on every htmx request."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import Live
from tests.plant import Plant

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADD_LINK = """() => {
    const link = document.createElement("a");
    link.href = "/me/";
    link.dataset.sheet = "";
    link.textContent = "open the sheet";
    document.getElementById("main").prepend(link);
}"""


def test_a_double_click_sends_a_form_once(live: Live, plant: Plant) -> None:
    page = live(390)
    page.goto("/sign-in/")
    sent: list[str] = []

    def slow(route: Any) -> None:
        if route.request.method == "POST":
            sent.append(route.request.url)
        route.continue_()

    page.route("**/sign-in/**", slow)
    page.locator("input[name=username]").fill(plant.author.employee_no)
    page.locator("input[type=password]").fill(plant.password)
    page.locator("main form button:not([type=button])").first.dblclick(no_wait_after=True)
    expect(page.get_by_role("heading", level=1)).to_contain_text("韩铸，")
    assert len(sent) == 1


def test_coming_back_makes_the_button_pressable_again(live: Live, plant: Plant) -> None:
    page = live(390)
    page.goto("/sign-in/")
    button = page.locator("main form button:not([type=button])").first
    # An answer without a page leaves the form standing, as a dead spot of the workshop does.
    page.route("**/sign-in/**", lambda route: route.fulfill(status=204))
    page.evaluate("document.querySelector('main form').noValidate = true")
    button.click(no_wait_after=True)
    expect(button).to_be_disabled()
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(button).to_be_enabled()


def test_a_sheet_opens_over_the_page_and_gives_the_focus_back(live: Live, plant: Plant) -> None:
    page = live(390, person=plant.author)
    page.goto("/")
    page.evaluate(ADD_LINK)
    link = page.get_by_role("link", name="open the sheet")
    link.click()
    sheet = page.locator("#sheet")
    expect(sheet).to_be_visible()
    expect(sheet.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.endswith("/")
    live.no_side_scroll(page)
    live.shoot(page, "site-sheet")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(link).to_be_focused()


def test_htmx_carries_the_token_and_nothing_is_evaluated(live: Live, plant: Plant) -> None:
    page = live(1280, person=plant.author)
    live.expect(404)
    page.goto("/")
    with page.expect_request("**/no/such/") as caught:
        page.evaluate("htmx.ajax('POST', '/no/such/', {target: '#main', swap: 'none'})")
    assert len(caught.value.headers["x-csrftoken"]) >= 32
    assert page.evaluate("htmx.config.allowEval") is False


def test_without_script_the_shell_still_leads_everywhere(live: Live, plant: Plant) -> None:
    page = live(390, person=plant.author, java_script_enabled=False)
    page.goto("/")
    link = page.locator(".tabbar a").nth(1)
    target = link.get_attribute("href")
    link.click()
    assert page.url == live.address + target
    expect(page.locator("main")).to_be_visible()
