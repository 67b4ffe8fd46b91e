"""The shell: who sees which entries, in which language and light, and what it costs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.plant import Plant
from workflows.site import menu


def page(plant: Plant, person: object, **headers: str) -> str:
    return plant.client(person).get("/", headers=headers).content.decode()


def test_a_stranger_is_sent_to_sign_in(client, db: None) -> None:
    answer = client.get("/")
    assert answer.status_code == 302
    assert "next=/" in answer.headers["Location"]


def test_everybody_finds_home_and_the_source(plant: Plant) -> None:
    text = page(plant, plant.author)
    assert 'aria-current="page"' in text
    assert ">源代码</a>" in text
    assert '<html lang="zh-Hans"' in text
    assert "闪速炉甲班" in text


@pytest.mark.parametrize(("role", "seen"), [("administrator", True), ("team_leader", False)])
def test_only_an_administrator_is_shown_accounts(role: str, seen: bool) -> None:
    entry = next(e for e in menu._entries if e.name == "admin_people")
    assert bool(entry.roles & {role}) is seen


def test_entries_without_a_page_are_left_out(monkeypatch, db: None) -> None:
    monkeypatch.setattr(menu, "_entries", [*menu._entries, menu.Entry("no_such_page", "X", "home")])
    shown = [e.name for section in menu.sections(set(), "home") for e in section.entries]
    assert "home" in shown
    assert "no_such_page" not in shown


def test_for_a_contractors_person_nothing_else_exists(plant: Plant) -> None:
    shown = [e.name for section in menu.sections({"contractor"}, "home") for e in section.entries]
    assert set(shown) <= {"job_list", "finding_list", "lots"}  # their jobs, their findings, the draws
    assert {"home", "profile"} <= {e.name for e in menu.tabs({"contractor"}, "home")}
    assert "提一个" not in page(plant, plant.contractor_person)


@pytest.mark.parametrize(("theme", "written"), [("dark", "dark"), ("light", "light"), ("auto", "light")])
def test_the_server_writes_the_chosen_light(plant: Plant, theme: str, written: str) -> None:
    plant.author.theme = theme
    plant.author.save()
    text = page(plant, plant.author)
    assert f'data-bs-theme="{written}" data-theme="{theme}"' in text


def test_the_shell_costs_the_same_on_every_page(plant: Plant) -> None:
    client = plant.client(plant.team_leader)
    client.get("/no/such/page/")  # fills what is kept for a minute
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get("/no/such/page/")
    # Session (from the cache), person, roles, count of the queue, unread notices.
    assert len(asked) <= 5, [q["sql"][:120] for q in asked]


def test_home_greets_and_offers_the_next_step(plant: Plant) -> None:
    text = page(plant, plant.author)
    assert "韩铸，" in text
    assert "没有等您办的" in text
    assert "还没有提过" in text


def test_a_page_behind_an_entry_shows_which_one(plant: Plant) -> None:
    client = plant.client(plant.admin)
    text = client.get(f"/admin/people/{plant.author.pk}/").content.decode()
    rail = text[text.index('<nav class="rail"') :]
    assert 'href="/admin/people/" aria-current="true"' in rail
    assert 'aria-current="page"' not in rail[: rail.index("</nav>")]
    waiting = client.get("/analytics/waiting/").content.decode()
    assert 'href="/analytics/times/" aria-current="true"' in waiting


def test_a_phone_finds_the_search(plant: Plant) -> None:
    text = page(plant, plant.author)
    assert 'href="/search/"' in text[text.index('aria-labelledby="h-else"') :]
