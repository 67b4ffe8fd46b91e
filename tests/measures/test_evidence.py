"""Evidence taken away verifies on a bare Python; any byte that was changed is named; what is withheld says so."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from maintenance_audit.lots.models import Lot
from maintenance_audit.measures import evidence
from maintenance_audit.measures.models import Taken
from tests.measures.years import Years
from workflows.engine.models import CaseParty
from workflows.ledger import checkpoints, package, verify
from workflows.ledger.bulk import Happening, append_many
from workflows.ledger.models import Entry
from workflows.organisation.models import Person

pytestmark = pytest.mark.django_db


def ledger(years: Years, lot: Lot) -> None:
    """A history for the lot's chains: open entries, and one that is sealed."""
    happened = [Happening(f"case:{lot.case_id}", "maintenance_audit.lot.frozen", {"digest": "0" * 64, "n": 3})]
    happened.append(Happening(f"case:{lot.case_id}", "engine.case.done", {"reason": "冰铜 锍"}, sealed=True))
    with transaction.atomic():
        append_many(happened)
        checkpoints.gather("test")


@pytest.fixture
def lot(years: Years) -> Lot:
    found = Lot.objects.filter(decided_at__isnull=False).select_related("case__unit").order_by("month").last()
    assert found is not None
    ledger(years, found)
    return found


@pytest.fixture
def taken(years: Years, lot: Lot) -> package.Package:
    return evidence.of_case(Person.objects.get(pk=years.plant.observer.pk), lot.case)


def verified(content: bytes, key: str = "") -> subprocess.CompletedProcess[str]:
    """As an outsider would: isolated, without site packages, with a program of their own."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "verify.py").write_bytes(package.PROGRAM.read_bytes())
        (Path(folder) / "evidence.zip").write_bytes(content)
        command = [sys.executable, "-I", "-S", "verify.py", "evidence.zip", "--key", key or checkpoints.fingerprint()]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)


def inside(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_lots_evidence_holds_on_a_bare_python_and_says_what_is_withheld(taken: package.Package, lot: Lot) -> None:
    done = verified(taken.content)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "HOLDS" in done.stdout and "1 payloads withheld" in done.stdout and "1 条内容未给出" in done.stdout
    files = inside(taken.content)
    assert set(files) == {"package.json", "records.json", "verify.py", "redraw.py", "export.json"}
    said = json.loads(files["records.json"])
    assert said["lot"]["lot"] == lot.case.number and said["jobs"] and said["rulings"]
    assert "冰铜" not in files["export.json"].decode()
    assert verified(taken.content, key="0" * 64).returncode == 1


def test_who_took_it_is_in_the_ledger_and_on_the_list(years: Years, taken: package.Package, lot: Lot) -> None:
    row = Taken.objects.get()
    entry = Entry.objects.get(chain__subject=row.subject, seq=row.ledger_seq)
    body = json.loads(entry.payload.body or "")
    assert entry.event == package.EVENT and body["package"] == taken.digest == row.digest
    assert body["by"] == years.plant.observer.employee_no and row.withheld == 1
    page = years.plant.client(years.plant.observer).get(reverse("evidence")).content.decode()
    assert lot.case.number in page and checkpoints.fingerprint() in page
    assert years.plant.client(years.plant.observer).get(reverse("ledger_chain", args=[row.subject])).status_code == 200
    assert years.plant.client(years.plant.stranger).get(reverse("ledger_chain", args=[row.subject])).status_code == 404


@pytest.fixture
def kept(taken: package.Package) -> Iterator[bytes]:
    yield taken.content


def weigh(content: bytes) -> tuple[int, str]:
    """The program in this process, for many tries: its answer and what it says."""
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        file.write(content)
        file.flush()
        try:
            export = verify.read(file.name)
            report = verify.Report(export, [], [checkpoints.fingerprint()])
            report.problems += verify.check_package(file.name, export)
        except verify.Unreadable as error:
            return 2, str(error)
        return report.code, "\n".join(report.lines())


def test_any_changed_byte_is_named(kept: bytes) -> None:
    places = {info.filename: info.header_offset for info in zipfile.ZipFile(io.BytesIO(kept)).infolist()}
    assert weigh(kept)[0] == 0

    @settings(max_examples=120, deadline=None)
    @given(st.integers(0, len(kept) - 1), st.integers(1, 255))
    def changed(place: int, by: int) -> None:
        bent = bytearray(kept)
        bent[place] ^= by
        code, said = weigh(bytes(bent))
        assert code != 0, f"byte {place} changed by {by} passes"
        directory = place >= kept.rindex(b"PK\x01\x02" + kept[kept.index(b"PK\x01\x02") + 4 :][:2])
        within = [name for name, at in places.items() if at <= place]
        assert directory or within[-1] in said or "zip" in said.lower() or "entry" in said or "checkpoint" in said, said

    changed()


def test_a_changed_record_is_named_with_its_file(kept: bytes) -> None:
    files = inside(kept)
    said = json.loads(files["records.json"])
    said["jobs"][0]["hours"] = "999.00"
    bent = files | {
        "records.json": json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    }
    done = verified(verify.packed(list(bent.items())))
    assert done.returncode == 1 and "records.json" in done.stdout and "is not as it was packed" in done.stdout


def test_a_list_that_was_rewritten_with_its_records_was_never_entered(kept: bytes) -> None:
    """Whoever changes a record and the list to go with it still lacks the ledger's entry."""
    import hashlib

    files = inside(kept)
    records = files["records.json"].replace(b'"accepted"', b'"settled!"')
    listed = json.loads(files["package.json"])
    for one in listed["files"]:
        if one["name"] == "records.json":
            one["sha256"], one["bytes"] = hashlib.sha256(records).hexdigest(), len(records)
    manifest = json.dumps(listed, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    bent = files | {"records.json": records, "package.json": manifest}
    done = verified(verify.packed(list(bent.items())))
    assert done.returncode == 1 and "was never entered in the ledger" in done.stdout


def test_what_was_added_or_left_out_is_named(kept: bytes) -> None:
    files = inside(kept)
    done = verified(verify.packed([*files.items(), ("more.txt", b"x")]))
    assert done.returncode == 1 and "more.txt" in done.stdout
    done = verified(verify.packed([(n, d) for n, d in files.items() if n != "redraw.py"]))
    assert done.returncode == 1 and "redraw.py" in done.stdout
    done = verified(verify.packed([(n, d) for n, d in files.items() if n != "package.json"]))
    assert done.returncode == 1 and "package.json" in done.stdout
    anew = io.BytesIO()
    with zipfile.ZipFile(anew, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    assert verified(anew.getvalue()).returncode == 1


def test_a_case_and_a_month_are_taken_through_the_page(years: Years, lot: Lot) -> None:
    client = years.plant.client(years.plant.observer)
    answer = client.post(reverse("evidence"), {"what": "case", "number": lot.case.number.lower()})
    assert answer.status_code == 200 and answer["Content-Type"] == "application/zip"
    assert verified(answer.content).returncode == 0
    section = years.plant.section
    answer = client.post(reverse("evidence"), {"what": "month", "unit": section.pk, "month": f"{lot.month:%Y-%m}"})
    assert verified(answer.content).returncode == 0, verified(answer.content).stdout
    said = json.loads(inside(answer.content)["records.json"])
    assert said["jobs"] and {job["section"] for job in said["jobs"]} == {section.code}
    assert Taken.objects.count() == 2


def test_bad_input_and_strangers(years: Years, lot: Lot) -> None:
    plant = years.plant
    client = plant.client(plant.observer)
    for typed in ({"what": "case", "number": "LOT-0"}, {"what": "case", "number": ""}, {"what": "month", "unit": "0"},
                  {"what": "month", "unit": plant.section.pk, "month": "2026-99"}):  # fmt: skip
        assert client.post(reverse("evidence"), typed).status_code == 422
    for person in (plant.stranger, plant.author, plant.contractor_person):
        assert plant.client(person).post(reverse("evidence"), {"number": lot.case.number}).status_code == 403
    narrow = plant.client(plant.other_leader)
    plant.hold(plant.other_leader, "observer", plant.other_team)
    unseen = narrow.post(reverse("evidence"), {"what": "case", "number": lot.case.number})
    assert unseen.status_code == 422 and not Taken.objects.exists()
    assert not CaseParty.objects.filter(case=lot.case, person=plant.other_leader).exists()
