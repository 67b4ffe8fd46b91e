"""Every page that needs no argument, in a real browser: no policy violation, no script error, no side scroll."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import expect

from tests.browser import Live
from tests.plant import Plant
from tests.proposal_story import Story

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Leaving is another story, and what a phone keeps for its inspections has its heading from what it took along.
ELSEWHERE = {"sign_out", "inspection_shell", "tag_shell"}


def plain_names(resolver: URLResolver) -> Iterator[str]:
    """Names of URLs without arguments and without a namespace (the API has its own tests)."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            if not pattern.namespace and not pattern.pattern.converters:
                yield from plain_names(pattern)
        elif isinstance(pattern, URLPattern) and pattern.name and not pattern.pattern.converters:
            yield pattern.name


def pages(plant: Plant) -> Iterator[tuple[str, Any]]:
    """Address and somebody who may read it as a page."""
    people = [plant.section_chiefs[0], plant.admin, plant.publisher, plant.drafter]
    clients = [(person, plant.client(person)) for person in people]
    for name in sorted(set(plain_names(get_resolver())) - ELSEWHERE):
        for person, client in clients:
            answer = client.get(reverse(name))
            if (
                answer.status_code == 200
                and not answer.streaming
                and answer.content.lstrip().startswith(b"<!doctype html>")
            ):
                yield reverse(name), person
                break


@pytest.mark.parametrize(("width", "dark"), [(390, False), (1280, True)])
def test_every_page_is_clean_and_fits(live: Live, story: Story, width: int, dark: bool) -> None:
    case = story.file(title="精矿喷嘴分布锥改双层导流，降低烟尘率")
    story.act(story.plant.team_leader, "approve")
    opened: dict[Any, Any] = {}
    walked = [*pages(story.plant), (f"/cases/{case.number}/", story.plant.author)]
    wrong: list[str] = []
    for address, person in walked:
        page = opened.get(person.pk) or live(width, person=person, dark=dark)
        opened[person.pk] = page
        answer = page.goto(address)
        if answer.status != 200:
            wrong.append(f"{address}: {answer.status}")
            continue
        if page.locator("h1:visible").count() != 1:
            wrong.append(f"{address}: {page.locator('h1').count()} h1")
        try:
            live.no_side_scroll(page)
        except AssertionError as error:
            wrong.append(str(error))
        live.shoot(page, f"walk-{address.strip('/').replace('/', '_') or 'home'}{'-dark' if dark else ''}")
    assert wrong == []
    assert len(walked) > 5
    expect(page.locator("main")).to_be_visible()
