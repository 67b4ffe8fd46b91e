"""A program of the inspector's records, sends a photo and seals; others get nothing until both are sealed."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tests.inspections.story import FINE, InspectionStory, picture
from tests.plant import Plant
from workflows.organisation import tokens
from workflows.organisation.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(plant: Plant) -> InspectionStory:
    told = InspectionStory(plant)
    told.to_draw(3)
    return told


class Program:
    def __init__(self, person: Person) -> None:
        self.client, self.headers = Client(), {"Authorization": f"Bearer {tokens.issue(person, '程序')}"}

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/{path}", headers=self.headers)

    def post(self, path: str, body: Any) -> Any:
        return self.client.post(f"/api/{path}", json.dumps(body), "application/json", headers=self.headers)

    def photo(self, path: str, **fields: Any) -> Any:
        return self.client.post(f"/api/{path}", fields, headers=self.headers)


def test_recorded_and_sealed_by_a_program(story: InspectionStory) -> None:
    site, records = story.inspection("site"), story.inspection("records")
    mine, other, lead = (Program(p) for p in (site.assignment.person, records.assignment.person, story.lead))
    [sheet] = [one for one in mine.get("inspections").json()["inspections"] if one["number"] == site.case.number]
    by_label = {row.get("label", row["key"]): row["key"] for row in sheet["rows"]}
    assert set(by_label) == {"tag", "更换机械密封", "同轴度", "试车 2 小时"}
    where, token = f"inspections/{site.case.number}", str(uuid4())
    said = [
        {"key": "tag", "token": str(uuid4()), "said": {"how": "typed", "tag": sheet["tag"]}},
        {"key": by_label["更换机械密封"], "token": token, "said": FINE["seal"]},
        {"key": by_label["同轴度"], "token": str(uuid4()), "said": FINE["axis"]},
        {"key": by_label["试车 2 小时"], "token": str(uuid4()), "said": {"verdict": "perhaps"}},
    ]
    refused = mine.post(f"{where}/answers", {"answers": said}).json()["refused"]
    assert list(refused) == [by_label["试车 2 小时"]]
    assert mine.post(f"{where}/seal", {"token": str(uuid4())}).status_code == 400
    said[-1]["said"] = FINE["trial"]
    assert mine.post(f"{where}/answers", {"answers": said[-1:]}).json()["refused"] == {}
    photo = str(uuid4())
    sent = [mine.photo(f"{where}/photos", token=photo, key="tag", file=picture()).status_code for _n in range(2)]
    assert sent == [201, 200]
    for stranger in (other, lead, Program(story.plant.stranger)):
        assert stranger.post(f"{where}/answers", {"answers": said}).status_code == 404
        assert stranger.post(f"{where}/seal", {"token": str(uuid4())}).status_code == 404
        assert stranger.photo(f"{where}/photos", token=str(uuid4()), key="tag", file=picture()).status_code == 404
        assert stranger.get(f"cases/{site.case.number}").status_code == 404
    assert mine.post(f"{where}/seal", {"token": str(uuid4()), "photos": [str(uuid4())]}).status_code == 400
    press = {"token": str(uuid4()), "photos": [photo]}
    assert mine.post(f"{where}/seal", press).status_code == 200
    assert mine.post(f"{where}/seal", press).status_code in (200, 409)
    assert mine.post(f"{where}/answers", {"answers": said}).status_code == 400
    assert lead.get(f"comparisons/{site.drawn_job_id}").status_code == 404
    story.seal(records)
    lines = lead.get(f"comparisons/{site.drawn_job_id}").json()
    assert [line["ruling"] for line in lines] == ["conforming"] * 4
    assert Program(story.plant.contractor_person).get(f"comparisons/{site.drawn_job_id}").status_code == 404


def test_danger_by_a_program(plant: Plant) -> None:
    program = Program(plant.author)
    body = {"token": str(uuid4()), "section": plant.section.code, "place": "循环水泵坑", "danger": "没有盖板"}
    assert [program.post("safety-notices", body).status_code for _n in range(2)] == [201, 200]
    assert program.post("safety-notices", body | {"token": str(uuid4()), "section": "X"}).status_code == 404
    assert len(program.get("safety-notices").json()) == 1
    assert Program(plant.contractor_person).get("safety-notices").json() == []
