"""A draft is saved as typed, belongs to one person, and can be thrown away with its photos."""

from __future__ import annotations

from uuid import uuid4

from innovation.proposals.models import Draft
from tests.plant import Plant
from tests.proposals.filing import picture, send, typed
from workflows.documents.models import Document


def save(client, token, fields):
    return client.post(f"/proposals/drafts/{token}/", {"fields": fields}, content_type="application/json")


def test_what_was_typed_comes_back_as_typed(ruled: Plant) -> None:
    client, token = ruled.client(ruled.author), uuid4()
    half = {"title": ["溜槽"], "cost": ["两千 左右"], "line_kind": ["saving"], "line_unit_value": ["6 40"], "x": ["1"]}
    assert save(client, token, half).status_code == 201
    assert save(client, token, half).status_code == 200
    assert Draft.objects.get().content == {name: values for name, values in half.items() if name != "x"}
    for address in ("/proposals/new/", f"/proposals/new/?draft={token}"):
        text = client.get(address).content.decode()
        assert "两千 左右" in text
        assert "6 40" in text
    assert "两千 左右" not in client.get("/proposals/new/?fresh=1").content.decode()
    assert "溜槽" in client.get("/proposals/mine/").content.decode()


def test_nobody_else_sees_or_changes_it(ruled: Plant) -> None:
    token = uuid4()
    save(ruled.client(ruled.author), token, {"title": ["秘密的溜槽"]})
    other = ruled.client(ruled.team_leader)
    assert save(other, token, {"title": ["改掉"]}).status_code == 409
    assert "秘密" not in other.get(f"/proposals/new/?draft={token}").content.decode()
    other.post(f"/proposals/drafts/{token}/delete/")
    assert Draft.objects.get().content == {"title": ["秘密的溜槽"]}


def test_thrown_away_with_its_photos(ruled: Plant) -> None:
    client, token, photo = ruled.client(ruled.author), uuid4(), uuid4()
    for one in (photo, uuid4()):
        body = {"token": str(one), "purpose": "before", "file": picture()}
        assert client.post(f"/proposals/drafts/{token}/photos/", body).status_code == 201
    address = f"/proposals/drafts/{token}/photos/{photo}/drop/"
    assert ruled.client(ruled.teammate).post(address).status_code == 200
    assert Document.objects.count() == 2
    client.post(address)
    assert Document.objects.count() == 1
    client.post(f"/proposals/drafts/{token}/delete/")
    assert not Draft.objects.exists()
    assert not Document.objects.exists()


def test_a_late_autosave_does_not_bring_a_filed_draft_back(ruled: Plant) -> None:
    client, token = ruled.client(ruled.author), uuid4()
    case = send(client, typed(), token).json()
    answer = save(client, token, typed())
    assert (answer.status_code, answer.json()) == (200, {"filed": case["url"]})
    assert not Draft.objects.exists()


def test_without_script_a_draft_is_one_button(ruled: Plant) -> None:
    client = ruled.client(ruled.author)
    answer = client.post("/proposals/new/", {**typed(method=[""]), "act": "draft", "token": str(uuid4())})
    assert answer["Location"] == "/proposals/mine/"
    assert Draft.objects.get().content["title"] == ["炉前铜锍溜槽快换卡具"]
