"""A returned proposal is mended by its author and filed again under its number."""

from __future__ import annotations

from uuid import uuid4

from innovation.proposals.models import Proposal
from tests.plant import Plant
from tests.proposal_story import Story
from tests.proposals.filing import send, typed
from workflows.documents.models import Document
from workflows.engine.models import Case, Step


def returned(ruled: Plant) -> Case:
    fields = typed(coauthor=[ruled.coauthor.employee_no], coauthor_share=["2"])
    send(ruled.client(ruled.author), fields)
    story = Story(ruled, Case.objects.get())
    story.act(ruled.team_leader, "return_to", "revision", then="walk", reason="补三个班的停机记录。")
    return Case.objects.get()


def test_the_author_mends_it(ruled: Plant) -> None:
    case = returned(ruled)
    client, address = ruled.client(ruled.author), f"/proposals/{case.number}/revise/"
    page = client.get(address)
    text = page.content.decode()
    for kept in ("补三个班的停机记录。", "炉前铜锍溜槽快换卡具", "陆锍", "卡具维护"):
        assert kept in text
    fields = typed(Proposal.objects.get().problem, title=["溜槽快换卡具，附记录"], method=["办法与停机记录"])
    bad = client.post(address, fields | {"method": [""], "token": [str(page.context["token"])]})
    assert (bad.status_code, Step.objects.get(closed_at=None).node) == (422, "revision")
    answer = client.post(address, fields | {"token": [str(page.context["token"])]})
    assert answer.status_code == 302
    fresh = Case.objects.get()
    assert Step.objects.get(closed_at=None).node == "team_review"
    assert (fresh.title, fresh.number) == ("溜槽快换卡具，附记录", case.number)
    assert fresh.content_digest == fresh.proposal.digest() != case.content_digest
    assert list(fresh.proposal.authorships.values_list("person__name", flat=True)) == ["韩铸"]
    # Who knew it as an author before does not become its reviewer.
    assert fresh.parties.filter(person=ruled.coauthor).exists()


def test_nobody_else_mends_it(ruled: Plant) -> None:
    case = returned(ruled)
    for person in (ruled.coauthor, ruled.team_leader, ruled.stranger):
        assert ruled.client(person).get(f"/proposals/{case.number}/revise/").status_code == 404


def test_what_is_under_review_is_not_mended(ruled: Plant) -> None:
    send(ruled.client(ruled.author), typed())
    number = Case.objects.get().number
    assert ruled.client(ruled.author).get(f"/proposals/{number}/revise/").status_code == 404


def test_what_was_handed_in_is_still_shown(ruled: Plant) -> None:
    case = returned(ruled)
    Document.objects.create(
        uuid=uuid4(), holder=f"case:{case.pk}", purpose="before", name="改前.jpg", mime="image/jpeg", size=1,
        digest_received="0" * 64, digest_kept="0" * 64, uploader=ruled.author, file="documents/none.jpg",
    )  # fmt: skip
    page = ruled.client(ruled.author).get(f"/proposals/{case.number}/revise/").content.decode()
    assert 'aria-label="改前.jpg"' in page


def test_more_than_two_faults_are_listed_with_the_way_to_each(ruled: Plant) -> None:
    case = returned(ruled)
    client, address = ruled.client(ruled.author), f"/proposals/{case.number}/revise/"
    token = str(client.get(address).context["token"])
    faulty = typed(Proposal.objects.get().problem, title=[""], method=[""], present_state=[""], token=[token])
    text = client.post(address, faulty).content.decode()
    for name in ("title", "method", "present_state"):
        assert f'<li><a href="#{name}-error">' in text and f'id="{name}-error"' in text
