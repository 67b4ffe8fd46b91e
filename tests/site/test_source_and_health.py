"""Anybody may take the source and ask whether the site is up."""

from __future__ import annotations

import io
import re
import tarfile
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from workflows.site import source

SECRETS = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}")
NEVER = re.compile(r"(^|/)(\.env|\.git|var|\.venv|staticfiles|.*\.(pem|key|sqlite3|dump))(/|$)")


@pytest.fixture(scope="module")
def archive() -> tarfile.TarFile:
    answer = Client().get("/source")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/gzip"
    return tarfile.open(fileobj=io.BytesIO(answer.content))


def names(archive: tarfile.TarFile) -> set[str]:
    return {member.name.split("/", 1)[1] for member in archive.getmembers() if "/" in member.name}


@pytest.mark.django_db
def test_a_stranger_takes_the_source_away(archive: tarfile.TarFile) -> None:
    assert {"manage.py", "config/settings.py", "pyproject.toml"} <= names(archive)


def test_it_says_its_licence_and_how_to_begin(archive: tarfile.TarFile) -> None:
    assert {"LICENSE", "README.md"} <= names(archive)


def test_nothing_private_is_in_it(archive: tarfile.TarFile) -> None:
    assert [name for name in names(archive) if NEVER.search(name)] == []
    for member in archive.getmembers():
        if not member.isfile():
            continue
        content = archive.extractfile(member).read()
        assert not SECRETS.search(content), member.name
        if len(settings.SECRET_KEY) >= 50:
            assert settings.SECRET_KEY.encode() not in content, member.name


def test_outside_a_checkout_the_prebuilt_file_is_served(tmp_path: Path, settings) -> None:
    settings.STATIC_ROOT = tmp_path
    assert source.head(tmp_path) == ""
    assert source.archive(tmp_path, "") is None
    source.archive.cache_clear()
    (tmp_path / source.PREBUILT).write_bytes(b"packed")
    assert source.archive(tmp_path, "") == b"packed"
    source.archive.cache_clear()


@pytest.mark.django_db
def test_it_is_up_when_the_database_answers() -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert Client().post("/healthz").status_code in {200, 403, 405}
