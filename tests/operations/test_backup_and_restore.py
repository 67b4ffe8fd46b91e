"""The plant is copied into a folder while it works, and put back into an empty database elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from tests import plant as plants
from tests.proposal_story import Story, publish_rules
from workflows.documents.models import Document
from workflows.ledger import checkpoints
from workflows.operations.backup import digests, manifest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def story(settings, tmp_path: Path) -> Story:
    settings.MEDIA_ROOT = tmp_path / "media"
    plant = plants.build()
    publish_rules(plant)
    story = Story(plant)
    case = story.file()
    story.act(plant.team_leader, "approve", "可行")
    place = default_storage.save("documents/2026/11/one.pdf", ContentFile("停机记录".encode()))
    Document.objects.create(
        uuid=uuid4(), holder=f"case:{case.pk}", name="a.pdf", mime="application/pdf", size=12,
        digest_received="0" * 64, digest_kept="0" * 64, uploader=plant.author, file=place,
    )  # fmt: skip
    default_storage.save("documents/2026/11/orphan.pdf", ContentFile(b"named by no row"))
    checkpoints.gather("test")
    return story


@pytest.fixture
def folder(story: Story, tmp_path: Path) -> Path:
    made = tmp_path / "backup"
    call_command("backup", str(made), verbosity=0)
    return made


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """An empty second database of the same server; its name."""
    name = f"test_{settings.DATABASES['default']['NAME']}_restored"[:60]
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    yield name
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def manage(database: str, media: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """manage.py as the operator of the other machine calls it."""
    url = os.environ["DATABASE_URL"]
    head, _slash, tail = url.partition("///") if "///" in url else (url.rpartition("/")[0], "", "")
    options = "?" + url.partition("?")[2] if "?" in url else ""
    there = f"{head}///{database}{options}" if tail else f"{head}/{database}{options}"
    environ = os.environ | {"DATABASE_URL": there, "MEDIA_ROOT": str(media), "ASSAY_TESTING": "1"}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], env=environ, capture_output=True, text=True, cwd=settings.BASE_DIR
    )


def refused(*arguments: str) -> str:
    with pytest.raises(CommandError) as error:
        call_command(*arguments, verbosity=0)
    assert error.value.returncode == 1
    return str(error.value)


def test_it_is_whole_and_holds_no_key(story: Story, folder: Path, capsys) -> None:
    call_command("verify_backup", str(folder))
    assert "HOLDS" in capsys.readouterr().out
    body = json.loads((folder / "manifest.json").read_text())["body"]
    assert list(body["files"]) == ["documents/2026/11/one.pdf"]  # a file that no row names is nobody's
    assert body["tables"]["engine_decision"]["rows"] == 2
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for key in (settings.SEALING_KEY, settings.CHECKPOINT_KEY, settings.SECRET_KEY):
        assert key.encode() not in everything


def test_restored_elsewhere_it_is_the_same_plant(folder: Path, elsewhere: str, tmp_path: Path) -> None:
    media = tmp_path / "other-media"
    done = manage(elsewhere, media, "restore", str(folder))
    assert (done.returncode, done.stderr) == (0, "")
    assert "RESTORED" in done.stdout
    assert (media / "documents/2026/11/one.pdf").read_text() == "停机记录"
    assert not (media / "documents/2026/11/orphan.pdf").exists()
    assert manage(elsewhere, media, "verify_ledger").returncode == 0
    assert manage(elsewhere, media, "verify_backup", str(folder), "--database").returncode == 0
    # And it goes on: the next row gets the next number.
    going_on = (
        "from workflows.organisation.models import Unit; from workflows.ledger.entries import append;"
        "from django.db import transaction\n"
        "with transaction.atomic(): append(subject='case:1', event='test.went.on', payload={});"
        "Unit.objects.create(code='NEW', name='新', kind='team')"
    )
    assert manage(elsewhere, media, "shell", "-c", going_on).returncode == 0
    assert manage(elsewhere, media, "verify_ledger").returncode == 0
    again = manage(elsewhere, media, "restore", str(folder))
    assert again.returncode == 1
    assert "The database is not empty" in again.stderr or "数据库不是空的" in again.stderr
    assert manage(elsewhere, media, "verify_backup", str(folder), "--database").returncode == 1


def test_into_a_plant_that_lives_nothing_is_restored(folder: Path) -> None:
    said = refused("restore", str(folder))
    assert "NOT RESTORED" in said


def test_what_is_done_meanwhile_is_not_half_in_it(story: Story, folder: Path) -> None:
    before = json.loads((folder / "manifest.json").read_text())["body"]["tables"]
    story.act(story.plant.section_chiefs[0], "approve")
    assert digests.tables()["engine_decision"] != before["engine_decision"]
    call_command("verify_backup", str(folder), verbosity=0)
    assert "engine_" in refused("verify_backup", str(folder), "--database")


def test_a_cut_backup_is_refused(folder: Path) -> None:
    dump = folder / manifest.DUMP
    whole = dump.read_bytes()
    dump.write_bytes(whole[:-1])
    assert "database.dump" in refused("verify_backup", str(folder))
    dump.write_bytes(whole)
    (folder / "manifest.json").unlink()
    assert refused("verify_backup", str(folder))


def test_a_changed_file_is_named(folder: Path) -> None:
    (folder / "media/documents/2026/11/one.pdf").write_text("停机纪录")
    assert "media/documents/2026/11/one.pdf" in refused("verify_backup", str(folder))
    (folder / "media/documents/2026/11/one.pdf").unlink()
    assert "media/documents/2026/11/one.pdf" in refused("restore", str(folder))


def test_a_file_that_was_slipped_in_is_named(folder: Path) -> None:
    (folder / "media" / "extra.pdf").write_text("x")
    assert "media/extra.pdf" in refused("verify_backup", str(folder))


def test_a_changed_manifest_does_not_hold(folder: Path) -> None:
    path = folder / "manifest.json"
    signed = json.loads(path.read_text())
    signed["body"]["tables"]["engine_decision"]["rows"] = 1
    path.write_text(json.dumps(signed))
    assert "DOES NOT HOLD" in refused("verify_backup", str(folder))


def test_another_plants_backup_is_foreign(folder: Path, settings) -> None:
    settings.CHECKPOINT_KEY = "22" * 32
    other = refused("verify_backup", str(folder))
    settings.CHECKPOINT_KEY = "11" * 32
    assert checkpoints.fingerprint() in other
    call_command("verify_backup", str(folder), "--key", checkpoints.fingerprint(), verbosity=0)
    (folder / "manifest.json").write_text('{"some": "json"}')
    assert refused("verify_backup", str(folder))


def test_a_used_folder_is_left_alone(folder: Path) -> None:
    assert refused("backup", str(folder))
    call_command("verify_backup", str(folder), verbosity=0)
