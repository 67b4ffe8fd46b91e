"""Somebody looks an entry up, takes the evidence away, and checks it at home."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile

import pytest
from django.urls import reverse

from tests.ledger.chains import history
from workflows.ledger import checkpoints, export, subjects
from workflows.ledger.bulk import Happening, append_many
from workflows.ledger.entries import append

pytestmark = pytest.mark.django_db

SUBJECT = "trial:team:7"


@pytest.fixture
def chain(plant, monkeypatch):
    """A chain that the team's people may read, and nobody else."""
    monkeypatch.setattr(subjects, "_subjects", dict(subjects._subjects))
    subjects.register_subject(
        "trial:team",
        lambda person, subject: person.unit_id == plant.team.pk,
        may_open=lambda person, entry: subjects.unless_sealed(person, entry) and entry.seq != 2,
        about=lambda subject: subjects.About("冰铜试验 <b>", "/case/7/"),
    )
    append(subject=SUBJECT, event="engine.case.filed", payload={"title": "锍 𠮷 <script>alert(1)</script>"})
    append(subject=SUBJECT, event="engine.case.approved", payload={"reason": "只给班长看"})
    checkpoints.gather("test")
    append(subject=SUBJECT, event="engine.mark.sealed", payload={"mark": 93}, sealed=True)
    return SUBJECT


def addresses(subject: str) -> list[str]:
    return [
        reverse("ledger_chain", args=[subject]),
        reverse("ledger_export", args=[subject]),
        reverse("ledger_hold", args=[subject]),
        reverse("ledger_entry", args=[subject, 1]),
    ]


def test_a_teammate_reads_the_chain(plant, chain):
    page = plant.client(plant.author).get(reverse("ledger_chain", args=[chain]))
    text = page.content.decode()
    assert page.status_code == 200 and "no-store" in page["Cache-Control"]
    assert "冰铜试验 &lt;b&gt; 的台账" in text
    assert "3 条，写下后不再改动。" in text
    assert text.count("已进检查点 #1") == 2 and text.count("还没进检查点") == 1
    assert "密封" in text and "未给出" in text
    assert checkpoints.fingerprint() in text


def test_an_entry_shows_what_its_reader_may_see(plant, chain):
    client = plant.client(plant.author)
    first, second, third = (
        client.get(reverse("ledger_entry", args=[chain, seq])).content.decode() for seq in (1, 2, 3)
    )
    assert "锍 𠮷 &lt;script&gt;" in first and "<script>alert" not in first
    assert "只给班长看" not in second and "没有内容也能验这一条" in second
    assert "93" not in third.split("<main")[1].split("sealed-box")[1].split("</section>")[0]
    assert client.get(reverse("ledger_entry", args=[chain, 4])).status_code == 404


def test_english_is_complete(plant, chain):
    plant.author.language = "en"
    plant.author.save()
    text = plant.client(plant.author).get(reverse("ledger_chain", args=[chain])).content.decode()
    assert "3 entries, each written once, never changed." in text and "Take it away and check it" in text


def test_a_stranger_and_a_passer_by_see_nothing(plant, chain, client):
    for address in addresses(chain):
        assert plant.client(plant.stranger).get(address).status_code == 404
        assert plant.client(plant.admin).get(address).status_code == 404
        assert client.get(address).status_code == 302
        assert plant.client(plant.author).post(address).status_code == 405


def test_what_nobody_registered_nobody_reads(plant, chain):
    history("case-nobody:1", 1)
    for address in (*addresses("case-nobody:1"), *addresses("trial:1")):
        assert plant.client(plant.author).get(address).status_code == 404


def test_a_chain_without_entries_says_so(plant, chain):
    text = plant.client(plant.author).get(reverse("ledger_chain", args=["trial:team:8"])).content.decode()
    assert "这里还没有记录" in text


def taken(response) -> bytes:
    assert response.status_code == 200, response.content
    assert "attachment" in response["Content-Disposition"]
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_the_evidence_is_taken_away_and_checked_at_home(plant, chain, tmp_path):
    client = plant.client(plant.author)
    held = taken(client.get(reverse("ledger_hold", args=[chain])))
    append(subject=chain, event="engine.case.accepted", payload={})
    checkpoints.gather("later")
    archive = zipfile.ZipFile(io.BytesIO(taken(client.get(reverse("ledger_export", args=[chain])))))
    archive.extractall(tmp_path)
    (tmp_path / "held.json").write_bytes(held)
    assert "只给班长看" not in (tmp_path / "export.json").read_text(encoding="utf-8")
    command = [sys.executable, "-I", "-S", "verify.py", "export.json", "--checkpoint", "held.json"]
    done = subprocess.run(
        [*command, "--key", checkpoints.fingerprint()], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 entries, 2 payloads withheld; up to checkpoint #2" in done.stdout


def test_the_export_answers_for_the_checkpoints_named(plant, chain):
    for number in range(3):
        history(f"case:{number}", 1)
        checkpoints.gather("later")
    address = reverse("ledger_export", args=[chain])
    answer = taken(plant.client(plant.author).get(address, {"held": "#2， 3 99"}))
    content = json.loads(zipfile.ZipFile(io.BytesIO(answer)).read("export.json"))
    assert [proof["checkpoint"] for proof in content["proofs"]] == [2, 3, 4]


@pytest.mark.parametrize("typed", ["两个", "1.5", "0", "-3", "9" * 40, " ".join(map(str, range(1, 30)))])
def test_a_checkpoint_number_that_is_none_is_said_at_the_field(plant, chain, typed):
    page = plant.client(plant.author).get(reverse("ledger_export", args=[chain]), {"held": typed})
    assert page.status_code == 422
    assert "写检查点的编号" in page.content.decode() and f'value="{typed}"' in page.content.decode()


def test_the_checkpoints_are_there_for_everybody_to_keep(plant, chain, client):
    page = plant.client(plant.stranger).get(reverse("checkpoint_list")).content.decode()
    assert "#1" in page and checkpoints.fingerprint() in page
    kept = json.loads(taken(plant.client(plant.stranger).get(reverse("checkpoint_file", args=[1]))))
    assert kept["checkpoints"][0]["number"] == 1 and kept["proofs"] == [] and chain not in json.dumps(kept)
    assert plant.client(plant.stranger).get(reverse("checkpoint_file", args=[2])).status_code == 404
    assert taken(plant.client(plant.stranger).get(reverse("verify_program"))) == export.PROGRAM.read_bytes()
    for name, args in (("checkpoint_list", []), ("checkpoint_file", [1]), ("verify_program", [])):
        assert client.get(reverse(name, args=args)).status_code == 302


def test_a_plant_without_checkpoints(plant):
    client = plant.client(plant.author)
    assert "还没有检查点" in client.get(reverse("checkpoint_list")).content.decode()
    assert client.get(reverse("checkpoint_list"), {"before": "x"}).status_code == 200


def test_a_long_chain_costs_no_more_statements_than_a_short_one(plant, chain, django_assert_num_queries):
    client = plant.client(plant.author)
    address = reverse("ledger_chain", args=[chain])
    client.get(address)

    def statements() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as counted:
            assert client.get(address).status_code == 200
        return len(counted)

    short = statements()
    append_many(Happening(chain, "engine.case.moved", {"n": n}) for n in range(1000))
    checkpoints.gather("test")
    assert statements() == short
    older = client.get(address, {"before": 3}).content.decode()
    assert "#2" in older and "#3 " not in older
