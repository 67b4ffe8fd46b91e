"""A confirmed round taken away in one file: it recomputes anywhere, and stays as it was sworn to."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError

from innovation.awards import objecting, roundfile
from innovation.awards.models import RoundFile
from innovation.awards.records import record_of
from tests.awards.award_story import AwardStory
from tests.plant import Plant
from workflows.engine.models import Case
from workflows.ledger.checkpoints import fingerprint_of
from workflows.ledger.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(plant: Plant) -> AwardStory:
    told = AwardStory(plant)
    told.begin()
    told.implemented("沉淀池液位雷达吹扫")
    told.implemented("渣缓冷水闭路回用")
    told.until_announced()
    told.until_confirmed()
    return told


def taken(story: AwardStory) -> bytes:
    answer = story.plant.client(story.plant.stranger).get(f"/awards/{story.case.number}/round.zip")  # type: ignore[union-attr]
    assert answer.status_code == 200 and answer["Content-Type"] == "application/zip"
    return answer.content


def lines_of(file: bytes) -> list[bytes]:
    return zipfile.ZipFile(io.BytesIO(file)).read("round.jsonl").split(b"\n")[:-1]


def run(folder: Path, file: bytes, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """In an empty folder, by a bare Python that knows nothing of the product."""
    (folder / "round.zip").write_bytes(file)
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        archive.extractall(folder)
    command = [sys.executable, "-I", "-S", program, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env={"LANG": "C.UTF-8"}, check=False)


def test_it_recomputes_on_a_laptop_with_nothing_installed(story: AwardStory, tmp_path: Path) -> None:
    file = taken(story)
    assert lines_of(file) == roundfile.lines(record_of(story.round))
    done = run(tmp_path, file, "recompute.py", "round.zip", "--zh")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "沉淀池液位雷达吹扫" in done.stdout
    key = json.loads((tmp_path / "ledger.json").read_text())["checkpoints"][-1]["key"]
    verified = run(tmp_path, file, "verify.py", "ledger.json", "--key", fingerprint_of(key))
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_the_checkpoint_on_the_notice_is_in_the_file(story: AwardStory) -> None:
    ledger = json.loads(zipfile.ZipFile(io.BytesIO(taken(story))).read("ledger.json"))
    printed = story.round.checkpoint
    assert printed.digest in {checkpoint["digest"] for checkpoint in ledger["checkpoints"]}
    assert printed.number in {proof["checkpoint"] for proof in ledger["proofs"]}


def test_it_says_nothing_that_was_not_published(story: AwardStory) -> None:
    content = zipfile.ZipFile(io.BytesIO(taken(story)))
    said = b"".join(content.read(name) for name in ("round.jsonl", "ledger.json")).decode()
    said = re.sub(r"\b[0-9a-f]{32,}\b", "", said)  # a digest may well have five figures that are somebody's number
    for judge in story.judges:
        assert judge.name not in said and judge.employee_no not in said
    assert "看过现场" not in said
    entries = json.loads(content.read("ledger.json"))["chains"][0]["entries"]
    withheld = {entry["event"] for entry in entries if entry["payload"] == "withheld"}
    assert {"award.marks.sealed", "award.judges.seated", "award.payments.listed"} <= withheld


def test_what_happens_later_does_not_change_it(story: AwardStory, tmp_path: Path) -> None:
    before = lines_of(taken(story))
    candidate = story.round.candidates.get(rank=1)
    with transaction.atomic():
        objecting.void(candidate, "去年已在别处得过奖。")
    Case.objects.filter(pk=candidate.proposal.case_id).update(title="改了名")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE awards_sheet SET marks = jsonb_set(marks, '{benefit}', '100')")
    assert roundfile.lines(record_of(story.round)) != before
    file = taken(story)
    assert lines_of(file) == before
    assert run(tmp_path, file, "recompute.py", "round.zip").returncode == 0


def test_the_database_refuses_to_change_what_was_sworn(story: AwardStory) -> None:
    with pytest.raises(InternalError, match="never changed"), transaction.atomic():
        RoundFile.objects.update(lines="{}\n")
    with pytest.raises(InternalError, match="never changed"), transaction.atomic():
        RoundFile.objects.all()._raw_delete("default")


def test_a_ledger_changed_by_an_administrator_is_found_out(story: AwardStory, tmp_path: Path) -> None:
    sworn = Entry.objects.get(chain__subject=f"case:{story.round.case_id}", event="award.round.confirmed")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ledger_payload DISABLE TRIGGER ALL")
        cursor.execute("UPDATE ledger_payload SET body = replace(body, '\"held\"', '\"Held\"') WHERE entry_id = %s",
                       [sworn.pk])  # fmt: skip
        cursor.execute("ALTER TABLE ledger_payload ENABLE TRIGGER ALL")
    file = taken(story)
    recomputed = run(tmp_path, file, "recompute.py", "round.zip")
    key = fingerprint_of(story.round.checkpoint.key)
    verified = run(tmp_path, file, "verify.py", "ledger.json", "--key", key)
    for done in (recomputed, verified):
        said = done.stdout + done.stderr
        assert done.returncode == 1 and f"case:{story.round.case_id}" in said and str(sworn.seq) in said
