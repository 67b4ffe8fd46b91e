"""Immediate danger goes to the section at once, once, and is acknowledged there."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from maintenance_audit.inspections.models import SafetyNotice
from tests.plant import Plant
from workflows.ledger.models import Entry
from workflows.notices.models import Outbox

pytestmark = pytest.mark.django_db


def send(plant: Plant, person: Any, **changes: Any) -> Any:
    body = {"token": str(uuid4()), "section": plant.section.pk, "place": "循环水泵坑", "danger": "盖板没有盖。",
            "at": "2031-01-01T00:00:00Z"} | changes  # fmt: skip
    return plant.client(person).post("/inspections/safety/send/", json.dumps(body), content_type="application/json")


def test_sent_thrice_it_is_one_and_the_chiefs_hear_of_it(plant: Plant) -> None:
    token = str(uuid4())
    assert [send(plant, plant.stranger, token=token).status_code for _n in range(3)] == [201, 200, 200]
    notice = SafetyNotice.objects.get()
    assert notice.reported_at.year == 2031 and notice.received_at.year != 2031
    told = Outbox.objects.filter(event="maintenance_audit.safety.sent", channel="in_product")
    assert set(told.values_list("recipient", flat=True)) == {chief.pk for chief in plant.section_chiefs}
    assert (
        Entry.objects.filter(chain__subject=f"unit:{plant.section.pk}", event="maintenance_audit.safety.sent").count()
        == 1
    )


def test_the_chief_acknowledges_and_nobody_else(plant: Plant) -> None:
    where = send(plant, plant.stranger).json()["url"]
    assert plant.client(plant.acid_section and plant.contractor_person).get(where).status_code == 404
    assert plant.client(plant.contractor_person).post(where).status_code == 404
    assert plant.client(plant.stranger).post(where).status_code == 403
    assert plant.client(plant.author).post(where).status_code == 403  # of the section, reads it
    chief = plant.client(plant.section_chiefs[0])
    assert "未签收" in chief.get(where).content.decode()
    assert chief.post(where).status_code == 303
    assert chief.post(where).status_code == 409
    assert "已签收" in plant.client(plant.stranger).get(where).content.decode()
    assert Outbox.objects.filter(event="maintenance_audit.safety.acknowledged", recipient=plant.stranger).exists()


def test_bad_input_is_said_at_the_field_and_stays(plant: Plant) -> None:
    client = plant.client(plant.author)
    answer = client.post("/inspections/safety/new/", {"section": plant.section.pk, "place": "坑边", "danger": " "})
    assert answer.status_code == 422
    assert "写明是什么危险" in answer.content.decode() and "坑边" in answer.content.decode()
    assert send(plant, plant.author, danger="").status_code == 400
    assert send(plant, plant.author, section="闪速炉").status_code == 400
    assert send(plant, plant.author, token="nonsense").status_code == 400
    assert send(plant, plant.contractor_person).status_code == 400  # no section of theirs
    assert plant.client(plant.contractor_person).get("/inspections/safety/new/").status_code == 404
    assert not SafetyNotice.objects.exists()


def test_by_a_plain_form(plant: Plant) -> None:
    typed = {"section": plant.section.pk, "place": "坑边", "danger": "没有护栏", "token": str(uuid4())}
    client = plant.client(plant.author)
    assert client.post("/inspections/safety/new/", typed).status_code == 303
    assert client.post("/inspections/safety/new/", typed).status_code == 303
    assert SafetyNotice.objects.count() == 1
    assert "坑边" in client.get("/inspections/safety/").content.decode()
