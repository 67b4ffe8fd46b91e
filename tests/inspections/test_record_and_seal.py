"""An inspector records and seals; nobody else reads it; the second seal compares."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from maintenance_audit.inspections import sealing
from maintenance_audit.inspections.models import Draft, Found, Inspection, Photo, Ruling
from maintenance_audit.lots import replacing
from maintenance_audit.lots.models import Assignment, DrawnJob
from tests.inspections.story import OLD_PART, InspectionStory, picture
from tests.lots.test_large_and_at_once import at_once
from tests.plant import Plant, build
from workflows.documents.models import Document
from workflows.engine.models import Case, Decision
from workflows.ledger.clock import now
from workflows.ledger.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(plant: Plant) -> InspectionStory:
    told = InspectionStory(plant)
    told.to_draw(8)
    return told


def send(client: Client, inspection: Inspection, key: str, said: dict[str, Any], token: str = "") -> Any:
    body = {"answers": [{"key": key, "token": token or str(uuid4()), "said": said}]}
    return client.post(
        f"/inspections/{inspection.case.number}/answers/", json.dumps(body), content_type="application/json"
    )


def claim_key(inspection: Inspection, key: str) -> str:
    claim = inspection.drawn_job.lot_job.job.claims.get(key=key)
    return f"claim:{claim.pk}"


def test_each_of_the_two_finds_their_own_and_nobody_else_any(story: InspectionStory) -> None:
    site, records = story.inspection("site"), story.inspection("records")
    for one, other in ((site, records), (records, site)):
        client = story.client(one)
        assert client.get(f"/inspections/{one.case.number}/").status_code == 200
        assert one.case.number in client.get("/inspections/").content.decode()
        assert client.get(f"/inspections/{other.case.number}/").status_code == 404
        assert client.get(f"/cases/{other.case.number}/").status_code == 404
        assert client.get(f"/cases/{one.case.number}/").status_code == 200
        assert send(client, other, "tag", {"how": "typed"}).status_code == 404
    plant = story.plant
    for person in (story.lead, plant.observer, plant.admin, plant.section_chiefs[0], plant.contractor_person):
        client = plant.client(person)
        assert client.get(f"/inspections/{site.case.number}/").status_code == 404
        assert client.get(f"/cases/{site.case.number}/").status_code == 404
        assert client.get(f"/inspections/{site.case.number}/seal/").status_code == 404


def test_a_draft_is_encrypted_and_the_same_sent_thrice_is_kept_once(story: InspectionStory) -> None:
    site = story.inspection("site")
    client, key, token = story.client(site), claim_key(site, "seal"), str(uuid4())
    for _n in range(3):
        assert send(client, site, key, OLD_PART, token).json()["refused"] == {}
    assert Draft.objects.filter(inspection=site, key=key).count() == 1
    assert "旧件".encode() not in bytes(Draft.objects.get(token=token).content)
    assert send(client, site, key, {"verdict": "conforming"}).status_code == 200
    # What a slow network sends again after it was changed does not come back.
    send(client, site, key, OLD_PART, token)
    assert '"verdict": "conforming"' in json.dumps(client.get("/inspections/sheets/").json())
    page = client.get(f"/inspections/{site.case.number}/").content.decode()
    assert "旧件，端面有磨痕" not in page


def test_what_cannot_be_is_refused_by_question_and_the_rest_is_kept(story: InspectionStory) -> None:
    site = story.inspection("site")
    client = story.client(site)
    body = {"answers": [
        {"key": claim_key(site, "axis"), "token": str(uuid4()), "said": {"verdict": "conforming", "value": "五丝"}},
        {"key": claim_key(site, "seal"), "token": str(uuid4()), "said": {"verdict": "conforming"}},
        {"key": claim_key(site, "hours"), "token": str(uuid4()), "said": {"verdict": "conforming"}},
        {"key": "claim:1", "token": "nonsense", "said": {}},
    ]}  # fmt: skip
    told = client.post(
        f"/inspections/{site.case.number}/answers/", json.dumps(body), content_type="application/json"
    ).json()["refused"]
    assert set(told) == {claim_key(site, "axis"), claim_key(site, "hours")}  # hours are for the records form
    assert Draft.objects.filter(inspection=site).count() == 1


def test_sealing_says_what_is_missing(story: InspectionStory) -> None:
    site = story.inspection("site")
    client, where = story.client(site), f"/inspections/{site.case.number}/seal/"
    page = client.get(where)
    assert "还差" in page.content.decode()
    assert client.post(where, {"token": str(uuid4())}).status_code == 422
    story.write(site, axis={"value": "0.09"})  # outside the tolerance, and still conforming: why?
    assert "说明为什么仍算符合" in client.get(where).content.decode()
    story.write(site)
    answer = client.post(where, {"token": str(uuid4()), "photo": [str(uuid4())]})
    assert answer.status_code == 422 and "1 张照片还没有送到" in answer.content.decode()
    answer = client.post(where, {"token": str(uuid4()), "unsent": "2"})
    assert answer.status_code == 422 and "2 项还没有送到" in answer.content.decode()
    assert Inspection.objects.get(pk=site.pk).sealed_at is None


def test_sealed_thrice_is_sealed_once_and_then_stands(story: InspectionStory) -> None:
    site = story.inspection("site")
    client, where, token = story.client(site), f"/inspections/{site.case.number}/seal/", str(uuid4())
    story.write(site, seal=OLD_PART)
    for _n in range(3):
        assert client.post(where, {"token": token}).status_code in (303, 409)
    assert Entry.objects.filter(chain__subject=f"case:{site.case_id}", payload__sealed__isnull=False).count() == 1
    assert Assignment.objects.get(pk=site.assignment_id).sealed_at is not None
    assert Decision.objects.filter(case=site.case, verb="done").count() == 1
    assert not Draft.objects.filter(inspection=site).exclude(content=b"").exists()
    answer = send(client, site, "tag", {"how": "typed", "tag": "X"})
    assert answer.status_code == 409 and answer.json()["over"]
    assert not Found.objects.exists() and Case.objects.get(pk=site.case_id).reserved
    assert "密封" in client.get(f"/inspections/{site.case.number}/").content.decode()


def test_the_second_seal_opens_both_and_rules_what_agrees(story: InspectionStory) -> None:
    drawn = story.check()
    assert drawn.result == "conforming" and drawn.compared_at and not drawn.disputed
    assert Found.objects.filter(inspection__drawn_job=drawn).count() == 7  # hours by the records form alone
    assert Ruling.objects.filter(drawn_job=drawn, agreed=True).count() == 4
    site = story.inspection("site")
    assert site.opened_at and site.case.reserved and site.tag_how == "scan"
    page = story.plant.client(story.lead).get(f"/inspections/compared/{drawn.pk}/")
    assert page.status_code == 200 and site.assignment.person.name not in page.content.decode()
    for person in (story.plant.contractor_person, story.plant.stranger):
        assert story.plant.client(person).get(f"/inspections/compared/{drawn.pk}/").status_code == 404


def test_both_find_it_critical(story: InspectionStory) -> None:
    drawn = story.check(site={"seal": OLD_PART}, records={"seal": OLD_PART})
    assert (drawn.result, drawn.critical, drawn.disputed) == ("nonconforming", True, False)


def test_a_photo_is_the_inspectors_until_both_are_sealed(story: InspectionStory) -> None:
    site, records = story.inspection("site"), story.inspection("records")
    client, token = story.client(site), str(uuid4())
    sent = {"token": token, "key": claim_key(site, "seal"), "at": "2031-01-01T00:00:00Z", "latitude": "30.1234",
            "longitude": "104.5"}  # fmt: skip
    where = f"/inspections/{site.case.number}/photos/"
    answers = [client.post(where, {**sent, "file": picture()}).status_code for _n in range(3)]
    assert answers == [201, 200, 200]
    document = Document.objects.get(pk=token)
    assert "现场" not in document.name and document.latitude is None and document.taken_at is None
    others = [story.client(records), *(story.plant.client(p) for p in (story.lead, story.plant.observer))]
    for page in ("", "thumb/", "view/"):
        assert client.get(f"/documents/{token}/{page}").status_code == 200
        assert {other.get(f"/documents/{token}/{page}").status_code for other in others} == {404}
    upload = {"token": str(uuid4()), "holder": document.holder, "purpose": "evidence", "file": picture()}
    assert client.post("/documents/", upload).status_code == 404  # only by the page, which keeps place and time apart
    story.seal(site)
    assert {other.get(f"/documents/{token}/").status_code for other in others} == {404}
    story.seal(records)
    assert story.plant.client(story.lead).get(f"/documents/{token}/").status_code == 200
    photo = Photo.objects.select_related("claim", "document").get(document=token)
    assert photo.claim.key == "seal" and photo.facts is None
    assert photo.reported_at.year == 2031 and str(photo.document.latitude) == "30.123400"


def test_half_a_photo_is_refused_with_a_reason_and_can_be_sent_again(story: InspectionStory) -> None:
    site = story.inspection("site")
    client, where = story.client(site), f"/inspections/{site.case.number}/photos/"
    half = picture()
    half = type(half)(half.getvalue()[: len(half.getvalue()) // 2])
    half.name = "a.jpg"  # type: ignore[attr-defined]
    token = str(uuid4())
    refused = client.post(where, {"token": token, "key": claim_key(site, "seal"), "file": half})
    assert refused.status_code == 400 and "不完整" in refused.json()["message"]
    assert not Photo.objects.exists()
    again = client.post(where, {"token": token, "key": claim_key(site, "seal"), "file": picture()})
    assert again.status_code == 201
    assert client.post(f"{where}{token}/drop/", headers={"Accept": "application/json"}).json() == {"dropped": True}
    assert not Document.objects.exists()


def test_a_phone_whose_clock_is_a_year_off_is_told_and_harms_nothing(story: InspectionStory) -> None:
    site, records = story.inspection("site"), story.inspection("records")
    client, key = story.client(site), claim_key(site, "seal")
    assert send(client, site, key, {"verdict": "conforming", "at": "2031-04-06T01:12:00Z"}).status_code == 200
    assert "手机时钟不准" in client.get(f"/inspections/{site.case.number}/").content.decode()
    story.seal(site, seal={"at": "2031-04-06T01:12:00Z"})
    story.seal(records, seal={"at": "not a time"})
    seen = Found.objects.get(inspection=site, claim__key="seal")
    assert seen.reported_at.year == 2031 and seen.received_at.year != 2031
    assert Found.objects.get(inspection=records, claim__key="seal").reported_at is None
    drawn = DrawnJob.objects.get(pk=site.drawn_job_id)
    assert "手机时钟不准" in story.plant.client(story.lead).get(f"/inspections/compared/{drawn.pk}/").content.decode()


def test_without_script_a_plain_form_does(story: InspectionStory) -> None:
    site = story.inspection("site")
    client, where = story.client(site), f"/inspections/{site.case.number}/"
    key = claim_key(site, "axis")
    typed = {"token": str(uuid4()), "act": "save", f"{key}:verdict": "conforming", f"{key}:value": "零点零五"}
    answer = client.post(where, typed)
    assert answer.status_code == 422 and "零点零五" in answer.content.decode()
    typed |= {f"{key}:value": "0.05", f"{key}:photos": picture(), "tag:tag": "P-101", "act": "seal"}
    answer = client.post(where, typed)
    assert answer.status_code == 303 and answer.url.endswith("/seal/")
    assert Draft.objects.filter(inspection=site).count() == 2 and Photo.objects.count() == 1
    again = {**typed, "token": str(uuid4())}
    again.pop(f"{key}:photos")
    client.post(where, again)
    assert Draft.objects.filter(inspection=site).count() == 2, "what has not changed is not kept again"


def test_a_tag_that_is_another_one(story: InspectionStory) -> None:
    site = story.inspection("site")
    story.write(site, tag={"how": "scan", "tag": "P-999"})
    assert "P-999" in story.client(site).get(f"/inspections/{site.case.number}/seal/").content.decode()
    story.write(site, tag={"how": "none", "said": "牌子掉了"})
    with story.held(site) as held:
        from maintenance_audit.inspections import sealing

        sealing.seal_in_turn(held)


def test_the_list_costs_the_same_for_many(story: InspectionStory, django_assert_max_num_queries: Any) -> None:
    person = story.inspection("site").assignment.person
    client = story.plant.client(person)
    client.get("/inspections/")
    with django_assert_max_num_queries(16):
        client.get("/inspections/")


def test_it_stands_in_the_queue_and_on_the_first_page(story: InspectionStory) -> None:
    site = story.inspection("site")
    client = story.client(site)
    assert site.case.number in client.get("/queue/").content.decode()
    assert client.get("/").status_code == 200
    decided = client.get(f"/cases/{site.case.number}/")
    assert f"/inspections/{site.case.number}/" in decided.content.decode()
    drawn = story.check(site={"seal": OLD_PART})
    assert drawn.adjudication.case.number in story.plant.client(story.lead).get("/queue/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_whoever_seals_while_the_lot_looks_again_has_sealed_or_is_replaced_never_both() -> None:
    story = InspectionStory(build())
    story.to_draw(3)
    site = story.inspection("site")
    story.write(site)
    site.assignment.person.holdings.update(ends_at=now())
    draw, process = site.drawn_job.draw_id, story.case.process_id
    assert process is not None

    def seal() -> None:
        with story.held(site) as held:
            sealing.seal_in_turn(held)

    came = at_once(seal, lambda: replacing.look_again(draw, process))
    seat = Assignment.objects.get(pk=site.assignment_id)
    assert (seat.sealed_at is None) == (seat.ended_at is not None), came
    assert Assignment.objects.filter(drawn_job=site.drawn_job, form="site", ended_at=None).count() == 1
    assert (came[0] == "done") == (seat.sealed_at is not None), came
    stale = Assignment.objects.get(pk=story.inspection("records").assignment_id)
    Assignment.objects.filter(pk=stale.pk).update(sealed_at=now())
    with transaction.atomic():
        assert not replacing.end(site.drawn_job, stale, "不得再查"), "a copy read before the seal ends nothing"
    assert Assignment.objects.get(pk=stale.pk).ended_at is None
