"""What a program is told when it cannot be done: each field by its name, a colleague by theirs."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from tests import plant as plants
from tests.api.caller import FILING, Caller
from tests.plant import Plant
from tests.proposal_story import Story, publish_rules
from workflows.engine.models import WorkItem
from workflows.organisation.models import RoleHolding


def test_who_is_second_hears_who_was_first(story: Story) -> None:
    story.file()
    story.act(story.plant.team_leader, "approve")
    chief, slower = story.plant.section_chiefs[0], Caller.of(story.plant.section_chiefs[1])
    item = slower.first()
    story.act(chief, "reject", "数据不足")
    answer = slower.act(item["number"], item["item"], "approve")
    told = answer.json()
    assert (answer.status_code, told["code"], told["what"]) == (409, "late", "reject")
    assert told["who"] == {"number": chief.employee_no, "name": "高焰"}
    assert datetime.fromisoformat(told["when"]).utcoffset() == timedelta(hours=8)
    assert "高焰" in told["message"]


def test_who_lost_the_role_hears_who_has_it_now(story: Story) -> None:
    plant = story.plant
    case = story.file()
    leader = Caller.of(plant.team_leader)
    item = leader.first()["item"]
    leader.act(case.number, item, "claim")
    plant.hold(plant.teammate, "team_leader", plant.team)
    moment = timezone.now()
    RoleHolding.objects.filter(person=plant.team_leader).update(ends_at=moment)
    answer = leader.act(case.number, item, "approve")
    told = answer.json()
    assert (answer.status_code, told["code"], told["what"]) == (409, "role_ended", "team_leader")
    assert [p["name"] for p in told["now_with"]] == ["纪炉"]
    assert WorkItem.objects.get(pk=item).person is None


def test_each_field_of_a_filing_has_its_sentence(ruled: Plant) -> None:
    author = Caller.of(ruled.author)
    lines = [FILING["lines"][0], {"label": "工时", "unit_value": "-3", "quantity": "x"}]
    answer = author.file(title="", cost="many", lines=lines, coauthors=[{"number": "99999", "share": "0"}])
    fields = answer.json()["fields"]
    assert answer.status_code == 400
    assert set(fields) >= {"title", "cost", "lines.1.unit_value", "lines.1.quantity", "coauthors.0.number"}
    unknown = author.file(problem="NT-9999", new_problem="")
    assert (unknown.status_code, unknown.json()["field"]) == (400, "problem")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reason": "x"}, "token"),
        ({"token": "no-uuid"}, "token"),
        ({"token": str(uuid4()), "reason": "a\x00b"}, "reason"),
        ({"token": str(uuid4()), "reason": ["x"]}, "reason"),
        ({"token": str(uuid4()), "reason": "x" * 20_000}, "reason"),
    ],
)
def test_what_does_not_fit_is_named(story: Story, body: dict[str, object], field: str) -> None:
    case = story.file()
    leader = Caller.of(story.plant.team_leader)
    answer = leader.post(f"/api/cases/{case.number}/tasks/{leader.first()['item']}/approve", **body)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


def test_what_cannot_be_read_or_is_too_large_changes_nothing(ruled: Plant) -> None:
    author = Caller.of(ruled.author)

    def raw(content: bytes) -> int:
        return author.client.post(
            "/api/proposals", content, content_type="application/json", headers=author.headers
        ).status_code

    assert raw(b"{not json") == 400
    assert raw(b'{"title": "\\ud800"}') == 400
    assert raw(b'"' + b"x" * 3_000_000 + b'"') == 413
    assert author.get("/api/queue", cursor="bm8").json()["field"] == "cursor"
    assert author.get("/api/queue", size=1000).json()["field"] == "size"


def test_a_bad_file_is_refused_at_its_field(ruled: Plant) -> None:
    author = Caller.of(ruled.author)
    form = {"uuid": str(uuid4()), "purpose": "before"}
    upload = SimpleUploadedFile("a.svg", b"<svg onload=x>")
    answer = author.send(f"/api/drafts/{uuid4()}/documents", file=upload, **form)
    assert (answer.status_code, answer.json()["field"]) == (400, "file"), answer.json()


def test_photos_go_before_the_filing_and_come_with_it(ruled: Plant) -> None:
    author, stranger = Caller.of(ruled.author), Caller.of(ruled.stranger)
    filing, photo = str(uuid4()), str(uuid4())
    form = {"uuid": photo, "purpose": "calculation"}
    path = f"/api/drafts/{filing}/documents"
    pdf = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
    assert [author.send(path, file=SimpleUploadedFile("测算.pdf", pdf), **form).status_code for _ in "12"] == [201, 200]
    theft = form | {"uuid": str(uuid4())}
    assert stranger.send(path, file=SimpleUploadedFile("x.pdf", pdf), **theft).status_code == 404
    assert stranger.get(f"/api/documents/{photo}").status_code == 404
    author.file(token=filing)
    shown = author.get(f"/api/documents/{photo}").json()
    assert (shown["name"], shown["holder"][:5]) == ("测算.pdf", "case:")
    content = author.get(f"/api/documents/{photo}/content")
    assert b"".join(content.streaming_content) == pdf
    leader = Caller.of(ruled.team_leader)
    of_the_case = leader.get(f"/api/cases/{leader.first()['number']}").json()
    assert [d["uuid"] for d in of_the_case["documents"]] == [photo]
    evidence = {"token": str(uuid4()), "holder": of_the_case["holder"], "purpose": "evidence"}
    evidence["file"] = SimpleUploadedFile("c.pdf", pdf)
    refused = leader.send("/api/documents", **evidence)
    assert refused.status_code == 404, refused.json()  # not in hand yet
    evidence["file"].seek(0)
    assert author.send("/api/documents", **evidence).status_code == 201
    late = form | {"uuid": str(uuid4())}
    assert author.send(path, file=SimpleUploadedFile("x.pdf", pdf), **late).json()["code"] == "filed"


@pytest.mark.django_db(transaction=True)
def test_a_lock_that_is_not_had_in_time_is_a_409() -> None:
    plant: Plant = plants.build()
    publish_rules(plant)
    case = Story(plant).file()
    leader, held, free = Caller.of(plant.team_leader), threading.Event(), threading.Event()

    def colleague() -> None:
        from django.db import transaction

        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM viewflow_process WHERE id = %s FOR UPDATE", [case.process_id])
                held.set()
                free.wait(20)
        finally:
            connection.close()

    other = threading.Thread(target=colleague)
    other.start()
    held.wait(10)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        answer = leader.act(case.number, leader.first()["item"], "approve")
    finally:
        free.set()
        other.join()
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '10s'")
    assert (answer.status_code, answer.json()["code"]) == (409, "busy")


def test_what_answers_before_any_operation_does_so_in_the_same_shape(plant: Plant) -> None:
    caller = Caller.of(plant.author)
    nowhere, wrong = caller.get("/api/nothing/here"), caller.delete("/api/queue")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "absent")
    assert (wrong.status_code, wrong.json()["code"], wrong["Allow"]) == (405, "method", "GET")
    assert nowhere.json()["message"] and wrong.json()["message"]
