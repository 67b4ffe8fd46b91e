"""What a phone keeps holds nothing about a person."""

from __future__ import annotations

import json
import re

import pytest
from django.contrib.messages import constants as message_levels
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse
from django.test import Client, RequestFactory

from tests.plant import Plant
from workflows.site import offline


def test_the_worker_comes_from_the_root_and_is_never_stale(db: None) -> None:
    answer = Client().get("/sw.js")
    assert answer.status_code == 200
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert "no-cache" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"].startswith("text/javascript")
    kept = json.loads(re.search(r"const KEPT = (\[.*?\]);", answer.content.decode()).group(1))
    assert any(url.endswith("assay.css") for url in kept)


def test_every_kept_file_is_there(db: None) -> None:
    from django.contrib.staticfiles import finders

    assert [path for path in offline.FILES if not finders.find(path)] == []


def test_the_offline_page_speaks_both_languages_and_knows_nobody(plant: Plant) -> None:
    text = plant.client(plant.author).get("/offline").content.decode()
    assert "没有信号" in text
    assert "No signal" in text
    assert plant.author.name not in text
    assert "csrf" not in text


def test_the_offline_page_leads_on(db: None) -> None:
    text = Client().get("/offline").content.decode()
    assert 'href="/proposals/new/"' in text
    assert "接着写提案" in text
    assert "Write on" in text


def test_a_page_of_one_row_is_known_by_what_stands_around_its_number(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(offline.ROWS, "problem_detail", "filing_shell")
    assert ["/proposals/problems/", "/", "/proposals/new/shell/"] in [list(row) for row in offline.row_addresses()]


def test_kept_pages_name_nobody(plant: Plant) -> None:
    for address in {*offline.page_addresses().values(), *(row[2] for row in offline.row_addresses())}:
        text = plant.client(plant.author).get(address).content.decode()
        assert plant.author.name not in text, address
        assert plant.author.employee_no not in text, address


def test_a_kept_page_leaves_what_was_said_to_the_page_that_follows(plant: Plant) -> None:
    """A phone fetches what it keeps while its owner presses buttons: the quiet message must not end up in there."""
    client = plant.client(plant.author)
    said = CookieStorage(RequestFactory().get("/"))
    said.add(message_levels.SUCCESS, "已赞成。")
    answer = HttpResponse()
    said.update(answer)
    client.cookies["messages"] = answer.cookies["messages"].value
    for address in {"/offline", *offline.page_addresses().values(), *(row[2] for row in offline.row_addresses())}:
        kept = client.get(address)
        assert "messages" not in kept.cookies, address
        assert "已赞成。" not in kept.content.decode(), address
    assert "已赞成。" in client.get("/queue/").content.decode()


def test_the_manifest_lets_it_stand_on_the_home_screen(db: None) -> None:
    content = Client().get("/manifest.webmanifest").json()
    assert content["start_url"] == "/"
    assert content["display"] == "standalone"
    from django.contrib.staticfiles import finders

    assert all(finders.find(icon["src"].removeprefix("/static/")) for icon in content["icons"])
