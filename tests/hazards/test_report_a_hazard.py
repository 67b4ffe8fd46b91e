"""Reporting from a phone, by API, twice, without a photo, in English; and finding it again."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from maintenance_audit.hazards.models import Hazard
from tests.api.caller import Caller
from tests.hazards.story import HazardStory, photo
from workflows.documents.models import Document
from workflows.engine.models import Case
from workflows.ledger.clock import now

pytestmark = pytest.mark.django_db


def test_the_page_asks_for_what_is_needed_and_offers_one_s_own_area(story: HazardStory) -> None:
    page = story.plant.client(story.plant.author).get(reverse("file_hazard"))
    text = page.content.decode()
    assert page.status_code == 200 and "上报隐患" in text and "一般隐患" in text and "重大隐患" in text
    assert f'value="{story.plant.team.pk}" selected' in text and 'enctype="multipart/form-data"' in text
    assert "宏兴检修公司" not in text and "style=" not in text


def test_without_a_photo_nothing_is_filed_and_what_was_typed_stays(story: HazardStory) -> None:
    client, url = story.plant.client(story.plant.author), reverse("file_hazard")
    refused = client.post(url, story.typed(photos=[]))
    text = refused.content.decode()
    assert refused.status_code == 422 and "请拍一张照片" in text and "渣包吊耳有裂纹" in text
    assert not Case.objects.exists()


def test_a_photo_that_came_is_not_lost_with_a_field_that_is_missing(story: HazardStory) -> None:
    client, url, typed = story.plant.client(story.plant.author), reverse("file_hazard"), story.typed()
    refused = client.post(url, typed | {"place": ""})
    assert refused.status_code == 422 and "已送到" in refused.content.decode()
    answer = client.post(url, typed | {"photos": []})
    assert answer.status_code == 303
    assert Document.objects.get(holder=f"case:{Case.objects.get().pk}").purpose == "before"


def test_the_same_form_and_photo_sent_twice_are_one(story: HazardStory) -> None:
    client, url, typed = story.plant.client(story.plant.author), reverse("file_hazard"), story.typed()
    first = client.post(url, typed | {"photos": [photo(), photo()]})
    second = client.post(url, typed | {"photos": [photo()]})
    assert first["Location"] == second["Location"] and Hazard.objects.count() == Document.objects.count() == 1


def test_another_s_form_is_not_mine(story: HazardStory) -> None:
    typed = story.typed()
    story.plant.client(story.plant.author).post(reverse("file_hazard"), typed)
    answer = story.plant.client(story.plant.teammate).post(reverse("file_hazard"), typed | {"photos": [photo()]})
    assert answer.status_code == 409 and "别人" in answer.content.decode()
    assert Hazard.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("severity", "huge"), ("title", ""), ("title", "长" * 121), ("unit", "0"), ("unit", "x"), ("place", "\x00")],
)
def test_what_does_not_fit_is_said_at_its_field(story: HazardStory, name: str, value: str) -> None:
    refused = story.plant.client(story.plant.author).post(reverse("file_hazard"), story.typed(**{name: value}))
    assert refused.status_code in (400, 422) and not Case.objects.exists()
    if refused.status_code == 422:
        assert name in refused.context["form"].errors


def test_a_file_that_is_no_photo_is_refused_at_the_photos(story: HazardStory) -> None:
    bad = SimpleUploadedFile("x.jpg", b"no photo at all", content_type="image/jpeg")
    refused = story.plant.client(story.plant.author).post(reverse("file_hazard"), story.typed(photos=[bad]))
    assert refused.status_code == 422 and "photos" in refused.context["form"].errors


def test_where_no_rules_are_in_force_the_page_says_so(plant: Any, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    story = HazardStory(plant)
    refused = plant.client(plant.author).post(reverse("file_hazard"), story.typed())
    assert refused.status_code == 422 and "还没有发布规则" in refused.content.decode()


def test_a_colleague_s_area_is_told_and_the_reporter_still_sees_it(story: HazardStory) -> None:
    plant = story.plant
    case = story.report(plant.author, unit=plant.other_team.pk)
    assert case.unit == plant.other_team and story.item(plant.other_chief).role == "section_chief"
    assert "渣包吊耳有裂纹" in story.page(plant.author, reverse("hazard_list"))


def test_the_list_shows_mine_then_all_i_may_read(story: HazardStory) -> None:
    plant, url = story.plant, reverse("hazard_list")
    story.report()
    story.assign()
    assert "现在：整改" in story.page(plant.author, url)
    empty = story.page(plant.team_leader, url)
    assert "还没有与您有关的" in empty and empty.count("上报隐患") == empty.count(reverse("file_hazard")) > 1
    assert "渣包吊耳有裂纹" in story.page(plant.teammate, url, tab="all")
    assert "没有找到" in story.page(plant.author, url, q="没有的词")
    assert "渣包吊耳有裂纹" in story.page(plant.author, url, q="吊耳")
    assert "没有找到" in story.page(plant.author, url, standing="closed")
    assert "渣包吊耳有裂纹" in story.page(plant.author, url, standing="nonsense", after="nonsense")


def test_the_list_costs_the_same_for_many(story: HazardStory) -> None:
    client, url = story.plant.client(story.plant.author), reverse("hazard_list")

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    story.report()
    client.get(url)
    few = cost()
    for n in range(7):
        story.report(title=f"第 {n} 处")
    assert cost() == few


def test_pages_of_the_list_follow_each_other(story: HazardStory, monkeypatch: Any) -> None:
    from workflows.engine.views import case_list

    monkeypatch.setattr(case_list, "PAGE", 2)
    for n in range(5):
        story.report(title=f"第 {n} 处")
    client, url, seen = story.plant.client(story.plant.author), reverse("hazard_list"), []
    while url:
        page = client.get(url)
        seen += [row["case"].title for row in page.context["rows"]]
        url = reverse("hazard_list") + page.context["more"] if page.context["more"] else ""
    assert seen == [f"第 {n} 处" for n in (4, 3, 2, 1, 0)]


def test_a_program_reports_with_its_photo_first(story: HazardStory) -> None:
    caller, token = Caller.of(story.plant.author), str(uuid4())
    form = {k: v for k, v in story.typed().items() if k not in ("token", "photos")}
    bare = caller.post("/api/kinds/hazard/cases", token=token, form=form)
    assert (bare.status_code, bare.json()["field"]) == (400, "photos")
    sent = {"token": str(uuid4()), "holder": f"filing:{token}", "purpose": "before", "file": photo()}
    assert caller.send("/api/documents", **sent).status_code == 201
    stranger = {"token": str(uuid4()), "holder": f"filing:{token}", "purpose": "before", "file": photo()}
    assert Caller.of(story.plant.stranger).send("/api/documents", **stranger).status_code == 404
    first, again = (caller.post("/api/kinds/hazard/cases", token=token, form=form) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()
    number = first.json()["number"]
    row = next(row for row in caller.get("/api/cases", kind="hazard", mine=True).json()["items"])
    assert row["number"] == number
    wrong = caller.post("/api/kinds/hazard/cases", token=str(uuid4()), form=form | {"severity": "x"})
    assert (wrong.status_code, wrong.json()["field"]) == (400, "form.severity")
    other = Caller.of(story.plant.stranger).post(
        "/api/kinds/hazard/cases", token=token, form=form | {"unit": str(story.plant.other_team.pk)}
    )
    assert other.json()["code"] == "token_taken"
    for kind in ("proposal", "nothing"):
        assert caller.post(f"/api/kinds/{kind}/cases", token=str(uuid4()), form={}).status_code == 404


def test_a_program_assigns_and_is_told_what_the_form_wants(story: HazardStory) -> None:
    plant, chief = story.plant, Caller.of(story.plant.section_chiefs[0])
    case = story.report()
    yours = chief.get(f"/api/cases/{case.number}").json()["yours"]
    assert "complete" in yours["verbs"] and "approve" not in yours["verbs"] and "reject" in yours["verbs"]
    assert set(yours["form"]) == {"responsible", "standard", "measure", "due"}
    assert chief.act(case.number, yours["item"], "approve").json()["code"] == "bad_move"
    wrong = chief.act(case.number, yours["item"], "complete", form=story.order(due="x"))
    assert wrong.json()["field"] == "form.due"
    done = chief.act(case.number, yours["item"], "complete", form=story.order())
    assert done.status_code == 200 and done.json()["decision"]["verb"] == "approve"
    assert story.at() == "rectification" and story.item(plant.teammate)


def test_a_substitute_assigns_for_the_absent_chief(story: HazardStory) -> None:
    from workflows.organisation.absences import declare_absence

    plant, chief = story.plant, story.plant.section_chiefs[0]
    declare_absence(actor=chief, substitute=plant.section_member, starts_at=None, ends_at=now() + timedelta(days=3))
    story.report()
    story.assign(plant.section_member)
    decision = story.case.decisions.get(verb="approve")
    assert (decision.actor, decision.on_behalf_of) == (plant.section_member, chief)


def test_in_english_it_is_english(story: HazardStory) -> None:
    plant = story.plant
    plant.author.language = "en"
    plant.author.save()
    case = story.report()
    text = (
        story.page(plant.author, reverse("file_hazard"))
        + story.page(plant.author)
        + story.page(plant.author, reverse("hazard_list"))
    )
    for words in ("Report a hazard", "General hazard", "Where exactly", "What could happen", "All I may read"):
        assert words in text, words
    assert case.title in text


@pytest.mark.parametrize("value", ["\ud800", "\x00", [], {}, None, 5, "长" * 5000, ["a", "b"], True])
def test_whatever_a_program_sends_is_answered(story: HazardStory, value: Any) -> None:
    caller, token = Caller.of(story.plant.author), str(uuid4())
    upload = {"token": str(uuid4()), "holder": f"filing:{token}", "purpose": "before", "file": photo()}
    assert caller.send("/api/documents", **upload).status_code == 201
    form = {k: v for k, v in story.typed().items() if k not in ("token", "photos")}
    for name in form:
        body = json.dumps({"token": token, "form": form | {name: value}})
        answer = caller.client.post(
            "/api/kinds/hazard/cases", body, content_type="application/json", headers=caller.headers
        )
        assert answer.status_code < 500, (name, answer.content)
