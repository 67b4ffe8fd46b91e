"""The description page: for signed-in people, from our own files alone, under the same policy as every page."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.plant import Plant


def test_a_stranger_does_not_read_the_description(db: None) -> None:
    assert Client().get("/api/openapi.json").status_code == 401
    assert Client().get("/api/docs").status_code in (302, 401)


def test_the_page_fetches_nothing_from_outside_by_itself(plant: Plant) -> None:
    answer = plant.client(plant.author).get("/api/docs")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy
    page = answer.content.decode()
    found = page.split('id="swagger-settings">')[1].split("</script>")[0]
    assert json.loads(found)["validatorUrl"] is None
    assert "http://" not in page and "https://" not in page
    assert "style=" not in page and "onload" not in page


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1280])
def test_somebody_reads_it_in_a_browser(live: Any, plant: Plant, width: int) -> None:
    page = live(width, person=plant.author)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/api/docs#/cases/act")  # opens the operation
    page.get_by_text("409: somebody was faster").first.wait_for(timeout=20_000)
    live.shoot(page, "api-docs")
    outside = [url for url in asked if not url.startswith((live.address, "data:", "blob:"))]
    assert outside == []
    assert settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["style-src"] == ["'self'"]
