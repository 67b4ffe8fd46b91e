"""Each look at a file is asked for anew, and nothing in a file runs in our name."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from tests.documents import made_files as made
from tests.documents.conftest import DRAFT, send, stored
from workflows.documents import reception
from workflows.documents.models import Document

PAGES = ["document", "document_thumb", "document_view"]


@pytest.fixture
def filed(plant) -> Document:
    send(plant.client(plant.author), made.photo())
    reception.move(DRAFT, "case:1")
    Document.objects.update(name='改 前"; filename=x.html\r\nX-Evil: 1 🔥.jpg')
    return Document.objects.get()


def get(plant, person, document: Document, page: str = "document", **headers: str):
    return plant.client(person).get(reverse(page, args=[document.pk]), headers=headers)


def test_those_who_may_read_see_it(plant, filed):
    answer = get(plant, plant.teammate, filed)
    assert answer.status_code == 200
    assert b"".join(answer) == filed.file.read()
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("inline; filename*=utf-8''")
    assert "X-Evil" not in answer
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("page", PAGES)
def test_to_others_it_does_not_exist(plant, filed, page):
    assert get(plant, plant.stranger, filed, page).status_code == 404
    assert plant.client(plant.stranger).get(reverse(page, args=[uuid4()])).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_signed_out_means_sign_in(plant, filed, client, page):
    assert client.get(reverse(page, args=[filed.pk])).status_code == 302


def test_a_browser_that_has_it_is_asked_who_it_is_all_the_same(plant, filed):
    tag = get(plant, plant.teammate, filed)["ETag"]
    assert get(plant, plant.teammate, filed, **{"if-none-match": tag}).status_code == 304
    assert get(plant, plant.stranger, filed, **{"if-none-match": tag}).status_code == 404


def test_what_is_no_photo_is_only_ever_downloaded(plant):
    send(plant.client(plant.author), made.pdf(), "计算书.pdf")
    document = Document.objects.get()
    answer = get(plant, plant.author, document)
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert get(plant, plant.author, document, "document_thumb").status_code == 404


def test_a_file_whose_bytes_are_gone_is_not_there(plant, filed, media):
    for path in stored(media):
        path.unlink()
    assert get(plant, plant.teammate, filed).status_code == 404


def test_the_viewer_says_what_it_is_and_leads_back(plant, filed):
    url = reverse("document_view", args=[filed.pk])
    page = plant.client(plant.teammate).get(url, {"back": "/proposals/1/"}).content.decode()
    assert 'href="/proposals/1/"' in page
    assert filed.digest_received in page
    assert "改前" in page
    assert "从草稿里拿掉" not in page
    assert "改 前&quot;; filename=x.html" in page
    outside = plant.client(plant.teammate).get(url, {"back": "//elsewhere.example/"}).content.decode()
    assert "elsewhere" not in outside


def test_lists_hold_what_the_app_says_a_person_may_read(plant, filed):
    assert list(Document.objects.visible_to(plant.teammate)) == [filed]
    assert list(Document.objects.visible_to(plant.stranger)) == []


def test_thumbnails_carry_their_captions_and_escape_names(plant):
    client = plant.client(plant.author)
    send(client, made.photo(), "a&b.jpg")
    send(client, made.pdf(), "计算书.pdf", purpose="calculation")
    documents = Document.objects.for_holder(DRAFT)
    html = render_to_string("documents/_thumbs.html", {"documents": documents, "back": "/proposals/1/?a=b"})
    assert "改前, a&amp;b.jpg" in html
    assert "计算书, 计算书.pdf" in html
    assert "back=%2Fproposals%2F1%2F%3Fa%3Db" in html
    assert "style=" not in html


def test_the_author_takes_a_photo_out_of_the_draft(plant, media, django_capture_on_commit_callbacks):
    client = plant.client(plant.author)
    send(client, made.photo())
    url = reverse("document_erase", args=[Document.objects.get().pk])
    assert plant.client(plant.stranger).post(url).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(url, {"back": "/proposals/new/"})
    assert (answer.status_code, answer["Location"]) == (302, "/proposals/new/")
    assert not Document.objects.exists()
    assert stored(media) == []


def test_once_filed_nobody_takes_it_out(plant, filed, media):
    assert plant.client(plant.author).post(reverse("document_erase", args=[filed.pk])).status_code == 403
    assert Document.objects.exists()
    assert len(stored(media)) == 2


def test_a_draft_filed_a_moment_ago_keeps_its_files(plant):
    send(plant.client(plant.author), made.photo())
    stale = Document.objects.get()
    reception.move(DRAFT, "case:1")
    assert reception.erase(actor=plant.author, document=stale) is False
    assert Document.objects.exists()
