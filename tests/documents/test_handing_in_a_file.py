"""A person hands in photos and files: once each, made harmless, kept under a name that only we chose."""

from __future__ import annotations

import errno
import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import call_command
from django.db import connection, transaction
from PIL import Image

from tests import plant as plants
from tests.documents import made_files as made
from tests.documents.conftest import DRAFT, send, stored
from workflows.documents import reception
from workflows.documents.models import Document


def only() -> Document:
    return Document.objects.get()


def test_a_photo_comes_in_upright_and_without_what_the_phone_wrote_into_it(plant, media):
    content = made.photo(exif=True, orientation=6)
    answer = send(plant.client(plant.author), content)
    assert answer.status_code == 201
    document = only()
    kept = document.file.read()
    assert b"SECRET-PHONE-MAKER" in content
    assert b"SECRET-PHONE-MAKER" not in kept
    assert not Image.open(BytesIO(kept)).getexif()
    assert Image.open(BytesIO(kept)).size == (document.width, document.height) == (600, 800)
    assert document.digest_received == hashlib.sha256(content).hexdigest()
    assert document.digest_kept == hashlib.sha256(kept).hexdigest()
    assert document.size == len(kept)
    assert document.taken_at == datetime(2026, 4, 6, 1, 12, 30, tzinfo=UTC)
    assert (document.latitude, document.longitude) == (Decimal("28.290000"), Decimal("117.210000"))
    thumbnail = Image.open(document.thumbnail)
    assert max(thumbnail.size) == 320
    assert not thumbnail.getexif()
    assert all("照片" not in str(path) for path in stored(media))


@pytest.mark.parametrize(
    ("content", "name", "mime", "shown"),
    [
        (made.photo("PNG", mode="RGBA"), "图.png", "image/png", "图.png"),
        (made.photo("PNG", mode="P"), "图.png", "image/png", "图.png"),
        (made.photo("PNG", mode="I;16"), "图.png", "image/png", "图.png"),
        (made.photo("WEBP"), "图.webp", "image/jpeg", "图.jpg"),
        (made.photo("JPEG", mode="CMYK"), "图.jpg", "image/jpeg", "图.jpg"),
        (made.photo("JPEG", mode="L"), "图.JPEG", "image/jpeg", "图.jpg"),
        (made.photo("PNG"), "微信图片.jpg", "image/png", "微信图片.png"),
        (made.animated("PNG"), "动.png", "image/png", "动.png"),
        (made.animated("WEBP"), "动.webp", "image/jpeg", "动.jpg"),
        (made.animated("MPO"), "全景.jpg", "image/jpeg", "全景.jpg"),
        (made.pdf(), "计算书.pdf", "application/pdf", "计算书.pdf"),
        (made.xlsx(), "台账.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "台账.xlsx"),
        (
            made.docx(),
            "说明.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "说明.docx",
        ),
        (made.photo(), "没有后缀", "image/jpeg", "没有后缀.jpg"),
        (made.pdf(), "第 3.5 版", "application/pdf", "第 3.5 版.pdf"),
    ],
)
def test_what_is_taken(plant, content, name, mime, shown):
    answer = send(plant.client(plant.author), content, name)
    assert answer.status_code == 201, answer.content.decode()
    assert (only().mime, only().name) == (mime, shown)
    if only().is_image:
        assert getattr(Image.open(only().file), "n_frames", 1) == 1


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("锍 铼 𠮷 🔥.jpg", "锍 铼 𠮷 🔥.jpg"),
        ("annual\u202egpj.jpg", "annualgpj.jpg"),
        ("..\\..\\etc\\passwd.jpg", "passwd.jpg"),
        ("\u200b\u2066.jpg", "未命名.jpg"),
        ("长" * 200 + ".jpg", "长" * 116 + ".jpg"),
        ("<b>x</b>&.jpg", "b>&.jpg"),
    ],
)
def test_names_are_shown_as_they_are_and_never_turn_round(plant, name, shown):
    assert send(plant.client(plant.author), made.photo(), name).json()["name"] == shown


def test_a_zip_behind_a_photo_does_not_survive(plant):
    assert send(plant.client(plant.author), made.photo() + made.plain_zip()).status_code == 201
    kept = only().file.read()
    assert b"run.exe" not in kept
    assert b"PK" not in kept[-200:]


@pytest.mark.parametrize("tag", ["2026:13:45 99:00:00", "0000:00:00 00:00:00", "gestern"])
def test_a_camera_without_a_clock_gives_no_time(plant, tag, monkeypatch):
    monkeypatch.setattr(made, "TAKEN", {0x9003: tag})
    assert send(plant.client(plant.author), made.photo(exif=True)).status_code == 201
    assert only().taken_at is None


def test_a_camera_that_names_no_zone_runs_on_the_plants_time(plant, monkeypatch):
    monkeypatch.setattr(made, "TAKEN", {0x9003: "2026:04:06 09:12:30"})
    send(plant.client(plant.author), made.photo(exif=True))
    assert only().taken_at == datetime(2026, 4, 6, 1, 12, 30, tzinfo=UTC)


def test_a_place_that_is_nowhere_is_not_kept(plant, monkeypatch):
    monkeypatch.setattr(made, "PLACE", {1: "N", 2: (128.0, 0.0, 0.0), 3: "E", 4: (1.0, 0.0, 0.0)})
    send(plant.client(plant.author), made.photo(exif=True))
    assert only().latitude is None


def test_the_phone_sends_twice_and_has_sent_once(plant, media):
    client, token = plant.client(plant.author), uuid4()
    first = send(client, made.photo(), token=token)
    again = send(client, made.photo("PNG"), "other.png", token=token)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert len(stored(media)) == 2  # the photo and its thumbnail


def test_sent_again_after_the_draft_was_filed_is_still_known(plant):
    client, token = plant.client(plant.author), uuid4()
    send(client, made.photo(), token=token)
    reception.move(DRAFT, "case:1")
    assert send(client, made.photo(), token=token, holder="draft:gone").status_code == 200


def test_sent_twice_at_once_is_kept_once(transactional_db, media):
    plant, token = plants.build(), uuid4()

    def work(_number: int) -> int:
        try:
            return send(plant.client(plant.author), made.photo(), token=token).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(work, range(4)))
    assert set(statuses) <= {200, 201}
    assert statuses.count(201) >= 1
    assert Document.objects.count() == 1
    assert {path.name for path in stored(media)} == {
        os.path.basename(name) for name in (only().file.name, only().thumbnail.name)
    }


def test_anothers_token_is_refused_and_tells_nothing(plant):
    token = uuid4()
    send(plant.client(plant.author), made.photo(), token=token)
    answer = send(plant.client(plant.stranger), made.photo(), token=token)
    assert (answer.status_code, answer.json()["field"]) == (400, "token")


@pytest.mark.parametrize("holder", [DRAFT, "case:1", "nobody:registered", "", "draft:", "draft:" + "x" * 500])
def test_nobody_adds_to_what_is_not_theirs(plant, media, holder):
    answer = send(plant.client(plant.stranger), made.photo(), holder=holder)
    assert answer.status_code == 404
    assert answer.json() == {"field": "holder", "message": "没有这一件，或您看不到它。"}
    assert stored(media) == []


def test_signed_out_means_sign_in(plant, client):
    assert send(client, made.photo()).status_code == 302


def test_some_files_move_from_the_draft_to_the_case(plant):
    client, first, second = plant.client(plant.author), uuid4(), uuid4()
    send(client, made.photo(), token=first)
    send(client, made.photo(), token=second)
    with connection.execute_wrapper(_count := _Counter()):
        assert reception.move(DRAFT, "case:1", tokens=[first]) == 1
    assert _count.seen == 1
    assert [document.pk for document in Document.objects.for_holder("case:1")] == [first]
    assert reception.move(DRAFT, "case:1") == 1


class _Counter:
    seen = 0

    def __call__(self, execute, *args):
        self.seen += 1
        return execute(*args)


def test_a_full_disk_is_said_and_leaves_nothing_half_kept(plant, media, monkeypatch):
    original = FileSystemStorage._save

    def full(self, name, content):
        if name.endswith(".jpg") and stored(media):  # the thumbnail no longer fits
            (media / name).parent.mkdir(parents=True, exist_ok=True)
            (media / name).write_bytes(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")
        return original(self, name, content)

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    answer = send(plant.client(plant.author), made.photo())
    assert answer.status_code == 503
    assert answer.json() == {"field": "file", "message": "文件现在存不下。写的内容还在，请过几分钟再交一次。"}
    assert stored(media) == []
    assert not Document.objects.exists()


def test_the_sweep_takes_what_no_document_names(transactional_db, media, capsys):
    plant = plants.build()
    with pytest.raises(RuntimeError), transaction.atomic():
        send(plant.client(plant.author), made.photo())
        raise RuntimeError
    assert len(stored(media)) == 2
    send(plant.client(plant.author), made.photo())
    call_command("sweep_documents")
    assert len(stored(media)) == 4  # too young to be sure
    for path in stored(media):
        os.utime(path, (time.time() - 2 * 86400,) * 2)
    call_command("sweep_documents", "--dry-run")
    assert len(stored(media)) == 4
    call_command("sweep_documents")
    assert "2 removed" in capsys.readouterr().out
    assert default_storage.exists(only().file.name)
    assert default_storage.exists(only().thumbnail.name)
    assert len(stored(media)) == 2
