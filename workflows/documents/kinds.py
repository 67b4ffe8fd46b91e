"""What a file is, by its content; its name and the browser's word count for nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import IO

from django.utils.translation import gettext as _

from workflows.documents.refusal import RefusedFile

OOXML = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True)
class Kind:
    label: str
    mime: str
    suffix: str
    suffixes: frozenset[str]
    is_photo: bool = False


# Phones and chat programs rename one photo format to another; since photos are made anew, that does no harm.
_PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp"})
JPEG = Kind("JPEG", "image/jpeg", ".jpg", _PHOTO_SUFFIXES, is_photo=True)
PNG = Kind("PNG", "image/png", ".png", _PHOTO_SUFFIXES, is_photo=True)
WEBP = Kind("WebP", "image/webp", ".webp", _PHOTO_SUFFIXES, is_photo=True)
PDF = Kind("PDF", "application/pdf", ".pdf", frozenset({".pdf"}))
XLSX = Kind("xlsx", f"{OOXML}.spreadsheetml.sheet", ".xlsx", frozenset({".xlsx"}))
DOCX = Kind("docx", f"{OOXML}.wordprocessingml.document", ".docx", frozenset({".docx"}))

_HEAD = 1024
_HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"}


def looks_like_a_photo(head: bytes) -> bool:
    return head.startswith((b"\xff\xd8\xff", b"\x89PNG")) or head[8:12] == b"WEBP" or head[4:8] == b"ftyp"


def detect(file: IO[bytes]) -> Kind:
    """Return the kind of `file`; raise RefusedFile with what to do when we do not take such files."""
    file.seek(0)
    head = file.read(_HEAD)
    file.seek(0)
    if not head:
        raise RefusedFile(_("The file is empty. Choose it again."))
    kind = _of_magic(head) or _of_package(file, head)
    if kind is None:
        raise RefusedFile(_refusal(head))
    return kind


def _of_magic(head: bytes) -> Kind | None:
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    return PDF if head.startswith(b"%PDF-") else None


def _of_package(file: IO[bytes], head: bytes) -> Kind | None:
    from workflows.documents import packages

    if not head.startswith(b"PK\x03\x04"):
        return None
    return {"xl/workbook.xml": XLSX, "word/document.xml": DOCX}.get(packages.main_part(file))


def _refusal(head: bytes) -> str:
    text = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\x00", b"").lower()
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return _(
            "This is a HEIC photo, which not every reader can open. Set the camera to “Most compatible” (JPEG), "
            "or save the photo as JPEG."
        )
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return _("This is an old Office file or one with a password. Save it as xlsx or docx without a password.")
    if b"<svg" in text:
        return _("SVG drawings are not taken, because they can carry scripts. Save the drawing as PNG or PDF.")
    if text.startswith((b"<!doctype", b"<html", b"<script", b"<?xml")) or b"<html" in text:
        return _("Web pages are not taken, because they can carry scripts. Print the page to PDF.")
    if head.startswith(b"GIF8"):
        return _("GIF pictures are not taken. Save it as JPEG or PNG.")
    return _("This kind of file is not taken. Photos (JPEG, PNG, WebP), PDF, xlsx and docx are.")


def check_name(kind: Kind, name: str) -> None:
    """Refuse a name that says something else than the content: a reader would be misled."""
    suffix = PurePath(name).suffix.lower()
    if suffix and len(suffix) <= 6 and suffix[1:].isascii() and suffix[1:].isalnum() and suffix not in kind.suffixes:
        if suffix[1:].isdigit():  # "第 3.5" is no suffix
            return
        raise RefusedFile(
            _("The name ends in %(suffix)s, but the content is %(kind)s. Rename it to %(right)s or save it anew.")
            % {"suffix": suffix, "kind": kind.label, "right": kind.suffix}
        )
