"""Each bad file has its message at the field, and nothing of it is kept."""

from __future__ import annotations

import resource
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.documents import made_files as made
from tests.documents.conftest import DRAFT, UPLOAD, send, stored
from workflows.documents.limits import megabytes
from workflows.documents.models import Document

MB = 1024 * 1024
KINDS = "不收这种文件。可以交照片（JPEG、PNG、WebP）、PDF、xlsx、docx。"
SVG = "不收 SVG 图，里面可以藏脚本。请另存为 PNG 或 PDF。"
HTML = "不收网页文件，里面可以藏脚本。请打印成 PDF。"
BROKEN_PHOTO = "照片不完整或已损坏。请重拍或重新另存，再交一次。"
BROKEN_PDF = "PDF 不完整，或者末尾接了别的东西。请重新另存，再交一次。"
ACTIVE_PDF = "PDF 里带有脚本或附件。请重新打印成 PDF 再交。"


def padded(content: bytes, size: int) -> bytes:
    return content + b"\0" * (size - len(content))


CASES = {
    "empty": (b"", "a.jpg", "文件是空的。请重新选一个。"),
    "program": (b"MZ\x90" + b"\0" * 999, "照片.jpg", KINDS),
    "text": ("现状：烟尘率高".encode(), "a.txt", KINDS),
    "csv": (b"a,b\n1,2\n", "a.csv", KINDS),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "a.svg", SVG),
    "svg as png": (b'\xef\xbb\xbf<?xml version="1.0"?>\n<svg/>', "a.png", SVG),
    "svg in utf-16": ("<svg/>".encode("utf-16"), "a.png", SVG),
    "html as pdf": (b"  <!DOCTYPE html><script>alert(1)</script>", "a.pdf", HTML),
    "gif": (b"GIF89a" + b"\0" * 99, "a.gif", "不收 GIF 图。请另存为 JPEG 或 PNG。"),
    "heic": (
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        "IMG_0001.HEIC",
        "这是 HEIC 照片，不是每个人都打得开。请把相机设成“兼容性最佳”（JPEG）再拍，或另存为 JPEG。",
    ),
    "old office": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99,
        "a.xls",
        "这是旧版 Office 文件，或者加了密码。请去掉密码，另存为 xlsx 或 docx。",
    ),
    "zip": (made.plain_zip(), "a.zip", KINDS),
    "zip as xlsx": (made.plain_zip(), "a.xlsx", KINDS),
    "photo as pdf": (
        made.photo(),
        "计算书.pdf",
        "文件名以 .pdf 结尾，内容却是 JPEG。请改名为 .jpg，或重新另存。",
    ),
    "photo as program": (
        made.photo(),
        "a.exe",
        "文件名以 .exe 结尾，内容却是 JPEG。请改名为 .jpg，或重新另存。",
    ),
    "docx as xlsx": (
        made.docx(),
        "a.xlsx",
        "文件名以 .xlsx 结尾，内容却是 docx。请改名为 .docx，或重新另存。",
    ),
    "cut off": (made.photo()[:3000], "a.jpg", BROKEN_PHOTO),
    "only a head": (b"\xff\xd8\xff\xe0", "a.jpg", BROKEN_PHOTO),
    "only a png head": (b"\x89PNG\r\n\x1a\n", "a.png", BROKEN_PHOTO),
    "only a webp head": (b"RIFF\0\0\0\0WEBP", "a.webp", BROKEN_PHOTO),
    "60,000² png": (made.huge_png(), "a.png", "照片 60000 × 60000 像素，最多 50 百万像素。请缩小再交。"),
    "16,383² webp": (made.huge_webp(), "a.webp", "照片 16383 × 16383 像素，最多 50 百万像素。请缩小再交。"),
    "pdf cut off": (made.pdf()[:60], "a.pdf", BROKEN_PDF),
    "pdf with html behind": (made.pdf(tail=b"<html><script>1</script>"), "a.pdf", BROKEN_PDF),
    "pdf with zip behind": (made.pdf(tail=made.plain_zip()), "a.pdf", BROKEN_PDF),
    "pdf with zip inside": (made.pdf(tail=made.plain_zip() + b"%%EOF"), "a.pdf", ACTIVE_PDF),
    "pdf with script": (made.pdf(b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), "a.pdf", ACTIVE_PDF),
    "pdf with attachment": (made.pdf(b"/Names<</EmbeddedFiles 3 0 R>>"), "a.pdf", ACTIVE_PDF),
    "pdf that is html first": (b"<html>" + made.pdf(), "a.pdf", HTML),
    "macros": (made.xlsx(xl__vbaProject_bin=b"1"), "a.xlsx", "文件里带有宏。请去掉宏，另存为 xlsx 或 docx。"),
    "password": (made.with_password(made.xlsx()), "a.xlsx", "文件加了密码。请去掉密码再交。"),
    "damaged package": (made.xlsx()[:-30], "a.xlsx", "文件不完整或已损坏。请重新另存，再交一次。"),
    "photo of 52 MB": (padded(made.photo(), 52 * MB), "a.jpg", "照片 52 MB，最多 20 MB。请重拍或压缩。"),
    "photo a byte too large": (padded(made.photo(), 20 * MB + 1), "a.jpg", "照片 20.1 MB，最多 20 MB。请重拍或压缩。"),
    "file of 52 MB": (b"%PDF-" + b"\0" * (52 * MB - 5), "a.pdf", "文件 52 MB，最多 20 MB。请压缩或拆开。"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_bad_file_is_refused_in_words(plant, media, case):
    content, name, message = CASES[case]
    answer = send(plant.client(plant.author), content, name)
    assert answer.status_code == 400
    assert answer.json() == {"field": "file", "message": message}
    assert stored(media) == []
    assert not Document.objects.exists()


def test_a_bomb_is_not_unpacked(plant, media):
    content = made.bomb()
    assert len(content) < MB
    answer = send(plant.client(plant.author), content, "a.xlsx")
    assert answer.json()["message"] == "文件解开后 201.1 MB，最多 200 MB。请拆开再交。"
    assert stored(media) == []


def test_a_picture_of_3600_million_pixels_takes_no_memory(plant):
    client = plant.client(plant.author)
    send(client, made.photo())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    send(client, made.huge_png(), "a.png")
    send(client, made.huge_webp(), "a.webp")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024  # kB


def test_twenty_megabytes_are_within_the_limit(plant):
    assert send(plant.client(plant.author), padded(made.photo(), 20 * MB)).status_code == 201


def test_english_readers_are_told_in_english(plant):
    plant.author.language = "en"
    plant.author.save()
    client = plant.client(plant.author, headers={"accept-language": "en"})
    content, name, _chinese = CASES["photo of 52 MB"]
    assert send(client, content, name).json()["message"].startswith("The photo is 52 MB; the limit is 20 MB.")


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"token": "x"}, "token", "这次上传对不上号。请重新选文件。"),
        ({"purpose": "bribe"}, "purpose", "请选这个文件说明什么。"),
    ],
)
def test_a_garbled_form_is_refused_at_its_field(plant, fields, field, message):
    data = {"token": str(uuid4()), **fields}
    data = {"holder": DRAFT, "purpose": "before", **data, "file": SimpleUploadedFile("a.jpg", made.photo())}
    answer = plant.client(plant.author).post(UPLOAD, data)
    assert (answer.status_code, answer.json()) == (400, {"field": field, "message": message})


def test_no_file_at_all(plant):
    answer = plant.client(plant.author).post(UPLOAD, {"token": str(uuid4()), "holder": DRAFT})
    assert answer.json() == {"field": "file", "message": "请选一个文件。"}


@pytest.mark.parametrize(("size", "words"), [(52 * MB, "52 MB"), (20 * MB + 1, "20.1 MB"), (MB // 2, "0.5 MB")])
def test_a_size_over_the_limit_never_reads_as_the_limit(size, words):
    assert megabytes(size) == words


def test_other_forms_never_work_on_half_of_a_file():
    from django.test import RequestFactory

    upload = SimpleUploadedFile("a.csv", padded("工号,姓名\n".encode() * 999, 21 * MB))
    taken = RequestFactory().post("/", {"file": upload}).FILES["file"]
    assert (taken.size, taken.read()) == (21 * MB, b"")
