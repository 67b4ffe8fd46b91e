"""The code on a machine: the phone's camera opens its page, so does a typed tag; without signal a shell answers."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse

from maintenance_audit.jobs.models import Job
from maintenance_audit.register import beside, tags
from maintenance_audit.register.beside import Act
from tests.plant import Plant
from tests.register.story import RegisterStory
from workflows.ledger.clock import now


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


LINK = re.compile(r'href="(/[^"]*(?:jobs/new|hazards/new|pointing)/[^"]+)"')


def filled(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    assert found, name
    return html.unescape(re.findall(r'value="([^"]*)"', found.group())[0])


@pytest.mark.django_db
def test_scanning_a_label_leads_to_forms_that_know_the_tag(plant: Plant, told: RegisterStory) -> None:
    row = told.equipment("SSL-203/A&B")
    job = Job.objects.create(
        number="WX-7", title="换机封", workshop=plant.workshop, section=plant.section, equipment=row, received_at=now()
    )
    client = plant.client(plant.author)
    links = [html.unescape(one) for one in LINK.findall(client.get(tags.path_of(row.tag)).content.decode())]
    asked, pointed, hazard = sorted(links, key=lambda one: ("/jobs" not in one, "pointing" not in one))
    assert filled(client.get(asked).content.decode(), "equipment") == row.tag
    page = client.get(hazard).content.decode()
    assert filled(page, "place") == "SSL-203/A&B 闪速炉本体 主厂房 15 米"
    assert re.search(rf'<option value="{plant.section.pk}" selected', page)
    assert f'href="{reverse("point_at_job", args=[job.number])}"' in client.get(pointed).content.decode()


@pytest.mark.django_db
def test_what_a_form_would_not_take_is_left_out_of_it(plant: Plant, told: RegisterStory) -> None:
    """A tag of nowhere, what is too long, a section of another workshop; and what no address may fill."""
    client = plant.client(plant.author)
    for wrong in ("SSL-999", "x" * 200, "<b>no tag</b>"):
        page = client.get("/jobs/new/", {"equipment": wrong, "title": "别人写的"}).content.decode()
        assert wrong not in page and "别人写的" not in page
    page = client.get("/hazards/new/", {"unit": plant.contractor.pk, "place": "x" * 121}).content.decode()
    assert "x" * 121 not in page and re.search(rf'<option value="{plant.author.unit_id}" selected', page)
    assert client.get("/hazards/new/", {"unit": "nowhere"}).status_code == 200
    assert client.get(reverse("point_at"), {"tag": "SSL-999"}).status_code == 200


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
    page.goto("/inspections/safety/new/?place=SSL-203")
    assert page.locator("#id_place").input_value() == "SSL-203"
    page.wait_for_selector("form[data-ready=yes]")
    page.context.set_offline(True)
    page.goto("/e/SSL-203%2FB")
    assert page.locator("h1").inner_text() == "SSL-203/B"
    page.get_by_text("没有信号").first.wait_for()
    live.no_side_scroll(page)
    page.get_by_role("link", name="安全通知").click()
    page.wait_for_selector("form[data-ready=yes]")
    assert page.locator("#id_place").input_value() == "SSL-203/B"
