from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from workflows.documents import holders

UPLOAD = "/documents/"
DRAFT = "draft:3f0c5a52-0000-4000-8000-000000000001"


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The author writes the draft; the author's team reads the case. Nobody else anything."""
    monkeypatch.setattr(holders, "_registry", {})
    holders.register_holder("draft", may_read=_author, may_write=_author)
    holders.register_holder("case", may_read=_team, readable=lambda person: ["case:1"] if _team(person, "") else [])


def _author(person, holder: str) -> bool:
    return person.name == "韩铸" and holder == DRAFT


def _team(person, holder: str) -> bool:
    return person.unit.code == "RL-SSL-1"


def send(client: Client, content: bytes, name: str = "照片.jpg", *, token: UUID | None = None, **fields: str):
    data = {"token": str(token or uuid4()), "holder": DRAFT, "purpose": "before", **fields}
    return client.post(UPLOAD, {**data, "file": SimpleUploadedFile(name, content)})


def stored(media: Path) -> list[Path]:
    return sorted(path for path in media.rglob("*") if path.is_file())
