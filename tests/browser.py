"""A real browser for the stories: pages at two widths, light or dark, that fail on any console error.

In a test:

    @pytest.mark.browser
    @pytest.mark.django_db(transaction=True)
    def test_the_leader_opens_the_queue(live, plant):
        page = live(390, person=plant.team_leader)          # width; dark=True; person signs in without the form
        page.goto("/queue/")
        page.get_by_role("link", name="…").click()
        live.shoot(page, "queue")                           # only when ASSAY_SHOTS names a folder
        live.no_side_scroll(page)

`live` fails the test at its end if a page logged an error or broke the content security policy; a page that is
meant to be refused says so with `live.expect(404)`, one that loses its signal with `live.expect(live.OFFLINE)`.
Use locators, never `wait_for_function` (it needs eval).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HEIGHTS = {390: 844, 1280: 860}
NO_BROWSER = "no Chromium on PATH: pages were NOT walked in a browser"


def executable() -> str | None:
    return os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)


class Live:
    """Makes pages and remembers what went wrong on them."""

    OFFLINE = "ERR_INTERNET_DISCONNECTED"

    def __init__(self, browser: Any, address: str) -> None:
        self.browser, self.address = browser, address
        self.errors: list[str] = []
        self.contexts: list[Any] = []
        self.expected: set[str] = set()

    def __call__(
        self, width: int = 390, *, person: Any = None, dark: bool = False, language: str = "zh-CN", **options: Any
    ) -> Any:
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": width, "height": HEIGHTS.get(width, 860)},
            has_touch=width < 992,
            color_scheme="dark" if dark else "light",
            locale=language,
            timezone_id=settings.TIME_ZONE,
            **options,
        )
        context.set_default_timeout(8000)
        self.contexts.append(context)
        if person is not None:
            self.sign_in(context, person)
        page = context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.errors.append(f"script: {error}"))
        return page

    def sign_in(self, context: Any, person: Any) -> None:
        client = Client()
        client.force_login(person, backend="workflows.organisation.backends.EmployeeBackend")
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.address}])

    def expect(self, *answers: int | str) -> None:
        """These answers are part of the story; Chromium logs each failed one as an error."""
        self.expected.update(f"status of {a} " if isinstance(a, int) else a for a in answers)

    def _heard(self, message: Any) -> None:
        if message.type != "error":
            return
        if any(words in message.text for words in self.expected):
            return
        self.errors.append(f"console: {message.text} ({message.location.get('url')})")

    @staticmethod
    def no_side_scroll(page: Any) -> None:
        page.wait_for_load_state()
        inner, wide = page.evaluate("[document.documentElement.clientWidth, document.documentElement.scrollWidth]")
        assert wide <= inner, f"{page.url} scrolls sideways: {wide} > {inner}"

    @staticmethod
    def shoot(page: Any, name: str) -> None:
        if folder := os.environ.get("ASSAY_SHOTS"):
            width = page.viewport_size["width"]
            page.screenshot(path=str(Path(folder) / f"{name}-{width}.png"), full_page=True)

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    path = executable()
    if path is None:
        pytest.skip(NO_BROWSER)
    from playwright.sync_api import sync_playwright

    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if root else [])
        yield browser
        browser.close()


@pytest.fixture
def live(chromium: Any, live_server: Any) -> Iterator[Live]:
    made = Live(chromium, live_server.url)
    yield made
    made.close()
    assert not made.errors, "\n".join(made.errors)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if any(NO_BROWSER in str(report.longrepr) for report in skipped):
        terminalreporter.section("BROWSER", sep="!")
        terminalreporter.write_line(NO_BROWSER, red=True, bold=True)
