"""Who may not: nobody without a token anywhere, and nobody from another section at what is not theirs.

Walks the OpenAPI description: an operation that is not in the table of samples fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from config.api import api
from tests.api.caller import FILING, Caller
from tests.plant import Plant
from tests.proposal_story import Story
from workflows.documents.models import Document
from workflows.engine.models import Decision, WorkItem
from workflows.ledger.clock import now
from workflows.notices.models import Notice, Outbox

FIGURES = ("times", "waiting", "returns", "funnel", "months", "people")
# operation → body (None: none), and whether its address or its body names an object.
SAMPLES: dict[str, tuple[dict[str, Any] | None, bool]] = {
    "issue_token": ({"employee_no": "10001", "password": "wrong"}, False),
    "revoke_token": (None, False),
    "me": (None, False),
    "queue": (None, False),
    "batch": ({"token": str(uuid4()), "verb": "claim", "items": [1]}, False),  # answers item by item
    "cases": (None, False),
    "case": (None, True),
    "case_ledger": (None, True),
    "act": ({"token": str(uuid4()), "reason": "x"}, True),
    "act_beside": ({"token": str(uuid4()), "person": "10001"}, True),
    "withdraw": ({"token": str(uuid4()), "reason": "x"}, True),
    "file_case": ({"token": str(uuid4()), "form": {"title": "x"}}, False),
    "file_proposal": (FILING | {"token": str(uuid4())}, False),
    "proposals": (None, False),
    "proposal": (None, True),
    "problems": (None, False),
    "lots": (None, False),
    "lot_record": (None, True),
    "ask_extension": ({"reason": "x", "wanted": "2099-01-01"}, True),
    "answer_extension": ({"granted": False, "words": "x"}, True),
    "my_inspections": (None, False),
    "send_answers": ({"answers": [{"key": "tag", "token": str(uuid4()), "said": {"how": "typed"}}]}, True),
    "send_inspection_photo": ({"token": str(uuid4()), "key": "tag"}, True),
    "seal_inspection": ({"token": str(uuid4())}, True),
    "comparison": (None, True),
    "send_safety_notice": (
        {"token": str(uuid4()), "section": "RL-SSL", "place": "炉顶", "danger": "护栏松"},
        False,
    ),
    "safety_notices": (None, False),
    "upload": ({"token": str(uuid4()), "holder": "case:1", "purpose": "other"}, True),
    "upload_to_draft": ({"uuid": str(uuid4()), "purpose": "other"}, True),
    "document": (None, True),
    "document_content": (None, True),
    "send_jobs": ({"jobs": [{"number": "WX-1", "title": "换泵", "tag": "SSL-203"}]}, True),
    "jobs": (None, False),
    "job": (None, True),
    "equipment": (None, False),
    "failure_codes": (None, False),
    "notices": (None, False),
    "read_notice": (None, True),
    "notice_choice": (None, False),
    "choose_notices": ({"topics": {}}, False),
} | {f"analytics_{figure}": (None, False) for figure in FIGURES}


def operations() -> Iterator[tuple[str, str, str]]:
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method, operation in methods.items():
            yield operation["operationId"], method, path


@pytest.fixture
def named(story: Story) -> dict[str, Any]:
    """One of each thing that an address can name."""
    case = story.file()
    item = WorkItem.objects.get(case=case)
    document = Document.objects.create(
        uuid=uuid4(), holder=f"case:{case.pk}", name="a.pdf", mime="application/pdf", size=1,
        digest_received="0" * 64, digest_kept="0" * 64, uploader=story.plant.author, file="documents/none.pdf",
    )  # fmt: skip
    told = Outbox.objects.filter(recipient=story.plant.team_leader, channel="in_product").first()
    notice = Notice.objects.create(
        occurrence=told, recipient=told.recipient, event=told.event, subject=told.subject, url="/", created_at=now()
    )
    return {
        "notice": notice.pk,
        "number": case.number, "item": item.pk, "verb": "approve", "act": "copy", "uuid": document.pk, "case": case.pk,
        "token": case.token, "kind": "hazard", "drawn_job": 1,
    }  # fmt: skip


def body_of(name: str, named: dict[str, Any]) -> dict[str, Any] | None:
    body = SAMPLES[name][0]
    if body is None or not (name.startswith("upload") or name.endswith("photo")):
        return body
    return body | {"holder": f"case:{named['case']}", "file": SimpleUploadedFile("a.pdf", b"%PDF-1.4")}


def test_every_operation_has_a_sample() -> None:
    assert {name for name, _method, _path in operations()} == set(SAMPLES)


def test_nobody_enters_without_a_token(named: dict[str, Any], plant: Plant) -> None:
    for caller in (Caller(), Caller("assay_" + "x" * 43), _with_a_session(plant)):
        for name, method, path in operations():
            answer = caller.call(method, path.format(**named), body_of(name, named))
            assert answer.status_code == 401, (name, answer.status_code)
            assert set(answer.json()) == {"code", "message"}, name
    assert not Decision.objects.exclude(verb="file").exists()


def _with_a_session(plant: Plant) -> Caller:
    """A browser that is signed in: the API does not look at its cookie, so no other site can use it."""
    caller = Caller()
    caller.client.force_login(plant.team_leader, backend="workflows.organisation.backends.EmployeeBackend")
    return caller


def test_somebody_of_another_section_finds_nothing(named: dict[str, Any], plant: Plant) -> None:
    stranger = Caller.of(plant.stranger)
    for name, method, path in operations():
        if SAMPLES[name][1]:
            answer = stranger.call(method, path.format(**named), body_of(name, named))
            assert answer.status_code in (403, 404), (name, answer.status_code, answer.content)
            assert "分布锥" not in answer.content.decode(), name
    for path in ("/api/cases", "/api/proposals", "/api/queue"):
        assert stranger.get(path).json()["items"] == [], path
    assert not Decision.objects.exclude(verb="file").exists()


def test_an_author_does_not_decide_on_the_own_case(named: dict[str, Any], story: Story) -> None:
    plant = story.plant
    plant.hold(plant.author, "team_leader", plant.team)
    author = Caller.of(plant.author)
    for verb in ("claim", "approve", "reject", "return"):
        answer = author.act(named["number"], named["item"], verb, reason="x", to="revision")
        assert (answer.status_code, answer.json()["code"]) == (403, "recused"), verb
    assert author.get("/api/queue").json()["items"] == []


def test_ids_that_do_not_belong_together_name_nothing(named: dict[str, Any], story: Story) -> None:
    other = story.file()
    leader = Caller.of(story.plant.team_leader)
    assert leader.act(other.number, named["item"], "approve").status_code == 404
    for path in ("/api/cases/TA-0000-0000", "/api/cases/%00", "/api/cases/a%20b", f"/api/documents/{uuid4()}"):
        assert leader.get(path).status_code == 404, path
    assert leader.act(other.number, 2**70, "approve").status_code == 404
    assert leader.act(other.number, named["item"], "conquer").status_code == 404
