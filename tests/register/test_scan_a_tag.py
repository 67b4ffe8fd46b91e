"""The code on a machine: the phone's camera opens its page, so does a typed tag; without signal a shell answers."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client

from maintenance_audit.register import beside, tags
from maintenance_audit.register.beside import Act
from tests.plant import Plant
from tests.register.story import RegisterStory


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """As an app above offers something: to a contractor's person what is theirs."""
    monkeypatch.setattr(beside, "_acts", [])
    mine = Act("我的检查", "/inspections/JC-1/", "eye")
    beside.register_acts(lambda person, row: [mine] if person.name == "杜工" else [])


@pytest.mark.django_db
def test_one_of_the_plant_scans_it(plant: Plant, told: RegisterStory) -> None:
    row = told.equipment("SSL-203/A")
    page = plant.client(plant.author).get(tags.path_of(row.tag)).content.decode()
    assert "SSL-203/A" in page and "闪速炉本体" in page and f"/register/equipment/{row.pk}/" in page
    assert "/hazards/new/" in page


@pytest.mark.django_db
def test_whoever_is_not_signed_in_learns_nothing(plant: Plant, told: RegisterStory) -> None:
    told.equipment("SSL-203")
    there = Client().get("/e/SSL-203").content.decode()
    absent = Client().get("/e/SSL-204").content.decode()
    assert "闪速炉" not in there and plain(there) == plain(absent)
    assert "next=/e/SSL-203" in unquote(there)


@pytest.mark.django_db
def test_a_tag_that_is_not_there(plant: Plant, told: RegisterStory) -> None:
    answer = plant.client(plant.author).get("/e/SSL-999")
    assert answer.status_code == 404 and 'value="SSL-999"' in answer.content.decode()
    nasty = plant.client(plant.author).get("/e/%3Cscript%3E%00" + "x" * 300)
    assert nasty.status_code in (400, 404) and b"<script>x" not in nasty.content


@pytest.mark.django_db
def test_typed_as_people_type(plant: Plant, told: RegisterStory) -> None:
    told.equipment("SSL-203")
    answer = plant.client(plant.author).get("/e/", {"tag": " ｓｓｌ-２０３ "}, follow=True)
    assert answer.redirect_chain[-1][0] == "/e/SSL-203" and "闪速炉本体" in answer.content.decode()


@pytest.mark.django_db
def test_a_contractors_person_sees_what_is_theirs_and_nothing_of_the_register(
    plant: Plant, told: RegisterStory, offered: Any
) -> None:
    told.equipment("SSL-203")
    page = plant.client(plant.contractor_person).get("/e/SSL-203").content.decode()
    assert "我的检查" in page and "闪速炉本体" not in page and 'href="/register/' not in page
    assert plant.client(plant.contractor_person).get("/e/SSL-204").status_code == 404


@pytest.mark.django_db
def test_a_contractors_person_with_nothing_there_gets_the_same_as_for_none(plant: Plant, told: RegisterStory) -> None:
    told.equipment("SSL-203")
    client = plant.client(plant.contractor_person)
    there, absent = client.get("/e/SSL-203"), client.get("/e/SSL-204")
    assert (there.status_code, absent.status_code) == (404, 404)
    assert plain(there.content.decode()) == plain(absent.content.decode())


def plain(page: str) -> str:
    """Without what differs by itself: the token, and the tag that was asked for."""
    return re.sub(r'(content|value)="\w{20,}"', "", page).replace("SSL-204", "SSL-203")


@pytest.mark.django_db
def test_labels_are_printed_several_to_a_sheet(plant: Plant, told: RegisterStory) -> None:
    for n in range(26):
        told.equipment(f"SSL-{n:03d}", "一台名字很长很长的强制循环热水泵及其附属阀门和仪表")
    client = plant.client(plant.author)
    answer = client.get("/register/equipment/labels.pdf")
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    assert answer.content.count(b"/Type /Page\n") + answer.content.count(b"/Type/Page") >= 1
    said = tags.labels([told.equipment("Z-1")])
    assert said["labels"][0]["tag"] == "Z-1" and said["labels"][0]["code"].startswith("<svg")
    assert client.get("/register/equipment/labels.pdf?one=SSL-003").content.startswith(b"%PDF")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_without_signal_the_shell_answers_with_the_tag(live: Any, plant: Plant) -> None:
    told = RegisterStory(plant)
    told.equipment("SSL-203")
    live.expect(live.OFFLINE)
    page = live(390, person=plant.author)
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready")
    page.goto("/e/SSL-203")
    live.shoot(page, "tag")
    live.no_side_scroll(page)
    page.context.set_offline(True)
    page.goto("/e/SSL-203%2FB")
    assert page.locator("h1").inner_text() == "SSL-203/B"
    assert page.get_by_text("没有信号").first.is_visible()
    live.no_side_scroll(page)
