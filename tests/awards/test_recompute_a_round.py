"""A sceptic takes the round's file home and runs the program in it, alone. Somebody changed one thing on the way."""

from __future__ import annotations

import ast
import csv
import io
import json
import random
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from innovation.awards import recompute, roundfile
from innovation.awards.recompute import Differs
from innovation.awards.roundfile import AuthorRecord
from tests.awards.rounds import JUDGES, candidate, checked, export_of, round_of, rounds, zipped
from workflows.ledger import checkpoints, verify
from workflows.ledger import export as ledger_export
from workflows.ledger.entries import append

OF_OURS = "agrees: {} lines, each reckoned anew and the same"


def a_round() -> list[bytes]:
    return roundfile.lines(
        round_of(
            candidate(1, 78, 88, 90, 81, 74, recused=JUDGES[5:], verified_benefit=Decimal("236000.00")),
            candidate(2, 95, 91, 88),
            candidate(3, 99, 98, standing="withdrawn", reason="作者撤回"),
            candidate(4, 72, 70, standing="void", reason="异议成立：与已获奖项目相同"),
            candidate(5, 63, 61),
            candidate(6),
            ceiling=Decimal("2900.00"),
            above_ceiling="wait",
        )
    )


# As it should be.


def test_it_prints_the_table_and_agrees(tmp_path):
    lines = a_round()
    run = checked(tmp_path, zipped(lines))
    said = run.stdout.splitlines()
    assert run.returncode == 0, run.stdout + run.stderr
    assert said[0] == "SM 熔炼车间 · 2026-10"
    assert said[2].split() == ["1", "TA-2610-0002", "91.33", "一等奖", "2000.00", "2000.00", "题目2"]
    assert said[4].split()[5:8] == ["0.00", "void:", "异议成立：与已获奖项目相同"]
    assert said[-3:-1] == ["total: 4 ranked, 4 with a grade, amount 3900.00, paid 2000.00", OF_OURS.format(len(lines))]
    assert "by entry 2 of round:7" in said[-1]


def test_it_speaks_chinese_when_asked_or_by_the_locale(tmp_path):
    run = checked(tmp_path, zipped(a_round()), "--zh")
    assert "相符：14 行" in run.stdout
    command = [sys.executable, "-I", "-S", "recompute.py", "round.zip"]
    for lang, word in (("zh_CN.UTF-8", "相符"), ("en_GB.UTF-8", "agrees"), ("C", "agrees")):
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", env={"LC_ALL": lang})
        assert word in run.stdout


def test_as_csv_it_is_the_pay_out_list_and_no_formula(tmp_path):
    lines = roundfile.lines(round_of(candidate(1, 90), candidate(2, 80, standing="void", reason="=1+1")))
    run = checked(tmp_path, zipped(lines), "--csv", "--en")
    rows = list(csv.DictReader(io.StringIO(run.stdout)))
    assert run.returncode == 0
    assert [row["sum"] for row in rows[:3]] == ["1111.11", "666.67", "222.22"]
    assert {row["note"] for row in rows[3:]} == {"void: =1+1"}
    assert "agrees" in run.stderr
    assert recompute.harmless("=1+1") == "'=1+1"


def test_no_name_of_a_payee_is_a_formula(tmp_path):
    """Whatever a register or a file from elsewhere holds: a spreadsheet shows it and reckons nothing."""
    names = ("=1+1", "+86 13800000000", "-2+3", "@SUM(A1)")
    authors = tuple(AuthorRecord(name, name, name, 1) for name in names)
    run = checked(tmp_path, zipped(roundfile.lines(round_of(candidate(1, 90, authors=authors)))), "--csv", "--en")
    rows = list(csv.DictReader(io.StringIO(run.stdout)))
    assert [(row["number"], row["name"], row["unit"]) for row in rows] == [(f"'{name}",) * 3 for name in names]
    assert [row["sum"] for row in rows] == ["500.00"] * 4


def test_the_program_in_the_zip_runs_where_it_is_unpacked(tmp_path):
    """And the ledger's verifier beside it reads the ledger enclosed."""
    lines = a_round()
    zipfile.ZipFile(io.BytesIO(zipped(lines))).extractall(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "READ ME.txt", "ledger.json", "recompute.py", "round.jsonl", "verify.py",
    ]  # fmt: skip
    run = subprocess.run(
        [sys.executable, "-I", "recompute.py", "round.jsonl", "--en"], cwd=tmp_path, capture_output=True, text=True
    )
    assert run.returncode == 0
    assert "not anchored" in run.stdout
    verified = subprocess.run(
        [sys.executable, "-I", "verify.py", "ledger.json", "--key", "0" * 64], cwd=tmp_path, capture_output=True
    )
    assert verified.returncode == 2, "read and followed, and no checkpoint in it signs anything"
    assert "没有任何签名的检查点" in verified.stdout.decode()


def test_the_program_needs_only_the_standard_library_of_python_3_9():
    source = Path(recompute.__file__).read_text("utf-8")
    tree = ast.parse(source, feature_version=(3, 9))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names


def test_the_same_round_gives_the_same_bytes():
    assert zipped(a_round()) == zipped(a_round())


@given(rounds())
def test_any_round_agrees_with_itself(record):
    lines = roundfile.lines(record)
    found = recompute.compared(lines, recompute.anchored(json.dumps(export_of(lines)).encode()))
    assert [found.header, *found.candidates, *found.results] == [recompute.parsed(line) for line in lines]


# One field is another.


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every field, and of every item of a list."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, item in inner for found in places(item, (*path, key)))]


def other_than(value: Any) -> st.SearchStrategy[Any]:
    changed: list[Any] = [None, "", "x", 0, 1, -1, True, 10**30, [], {}, [value], {"a": value}, 1.5]
    if isinstance(value, str):
        changed += [value + " ", value + "0", value.swapcase(), value[1:], value[::-1], value.replace("0", "1", 1)]
    if isinstance(value, int):
        changed += [value + 1, value - 1, str(value), float(value)]
    if isinstance(value, list):
        changed += [value[1:], value[::-1], [*value, *value]]
    if isinstance(value, dict):
        changed += [{**value, "more": 1}, dict(list(value.items())[1:]), {k: v for k, v in value.items() if k != "J1"}]
    return st.sampled_from([c for c in changed if canonical(c) != canonical(value)])


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def changed(value: Any, path: tuple[Any, ...], into: Any) -> Any:
    if not path:
        return into
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(value[path[0]], path[1:], into)
    return copy


def one_change(data: st.DataObject, content: Any) -> Any:
    path = data.draw(st.sampled_from(places(content)), "field")
    value = content
    for key in path:
        value = value[key]
    return changed(content, path, data.draw(other_than(value), "made"))


def says(lines: list[bytes], export: Any) -> Differs:
    with pytest.raises(Differs) as found:
        recompute.compared(lines, recompute.anchored(canonical(export).encode()))
    return found.value


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_field_of_any_line_changed_is_named_by_its_line(data):
    lines = a_round()
    number = data.draw(st.integers(1, len(lines)), "line")
    export = export_of(lines)
    lines[number - 1] = canonical(one_change(data, json.loads(lines[number - 1]))).encode()
    assert says(lines, export).where == number


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_and_the_program_says_so(tmp_path, data):
    lines = a_round()
    number = data.draw(st.integers(1, len(lines)), "line")
    export = export_of(lines)
    lines[number - 1] = canonical(one_change(data, json.loads(lines[number - 1]))).encode()
    run = checked(tmp_path, zipped(lines, export))
    assert run.returncode == 1, run.stdout + run.stderr
    assert run.stdout.startswith(f"differs: line {number} ·")
    assert run.stderr == ""


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_without_a_ledger_every_award_and_sum_still_is(data):
    """What follows from the marks cannot be written otherwise; the marks themselves are the ledger's to hold."""
    lines = a_round()
    number = data.draw(st.integers(8, len(lines)), "line")
    lines[number - 1] = canonical(one_change(data, json.loads(lines[number - 1]))).encode()
    with pytest.raises(Differs) as found:
        recompute.compared(lines, None)
    assert found.value.where == number


@given(st.data())
def test_any_byte_of_any_line_changed_is_named(data):
    lines = a_round()
    number = data.draw(st.integers(1, len(lines)))
    export, line = export_of(lines), bytearray(lines[number - 1])
    line[data.draw(st.integers(0, len(line) - 1))] ^= data.draw(st.integers(1, 255).filter(lambda bits: bits != 10))
    lines[number - 1] = bytes(line)
    if b"\n" not in lines[number - 1]:
        assert says(lines, export).where == number


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_field_of_the_confirmed_entry_changed_is_named_by_the_entry(data):
    lines = a_round()
    export = export_of(lines)
    entry = export["chains"][0]["entries"][1]
    made = one_change(data, entry)
    export["chains"][0]["entries"][1] = made
    assert says(lines, export).where == ("round:7", 2)


def test_a_confirmation_that_is_withheld_or_gone_confirms_nothing(tmp_path):
    lines = a_round()
    export = export_of(lines)
    export["chains"][0]["entries"][1]["payload"] = "withheld"
    run = checked(tmp_path, zipped(lines, export))
    assert run.returncode == 2
    assert "entry 2 of round:7, which confirms it, is withheld" in run.stdout
    entries = export_of(lines)["chains"][0]["entries"][:1]
    cut = {**export["chains"][0], "entries": entries, "length": 1, "head": entries[0]["digest"]}
    run = checked(tmp_path, zipped(lines, {**export, "chains": [cut]}))
    assert run.returncode == 2
    assert "not anchored" in run.stdout


@pytest.mark.parametrize("change", [{"length": 4}, {"length": 2}, {"head": "0" * 64}, {"subject": "round:8"}])
def test_the_chain_around_it_holds_too(change):
    lines = a_round()
    export = export_of(lines)
    export["chains"][0] |= change
    assert says(lines, export).where[0] == export["chains"][0]["subject"]


def test_somebody_rewrites_the_entry_and_all_digests_after_it():
    """Then the chain holds in itself, and the digest printed is not the one on the notice: verify.py's part."""
    lines = a_round()
    lines[1] = lines[1].replace(b'"effect":78', b'"effect":79')
    with pytest.raises(Differs) as found:
        recompute.compared(lines, recompute.anchored(canonical(export_of(lines)).encode()))
    assert found.value.where == 9, "the award that does not follow from the marks any more"


# Lines and files.


@given(st.data())
def test_a_line_removed_added_or_swapped_is_named(data):
    lines = a_round()
    export = export_of(lines)
    one, other = sorted(data.draw(st.sets(st.integers(1, len(lines)), min_size=2, max_size=2)))
    assert says(lines[: one - 1] + lines[one:], export).where == one
    assert says([*lines[:one], lines[other - 1], *lines[one:]], export).where == one + 1 + (
        lines[one] == lines[other - 1]
    )
    swapped = list(lines)
    swapped[one - 1], swapped[other - 1] = swapped[other - 1], swapped[one - 1]
    assert says(swapped, export).where == one


def test_the_first_line_is_gone_and_there_is_no_ledger(tmp_path):
    run = checked(tmp_path, b"\n".join(a_round()[1:]), name="round.jsonl")
    assert run.returncode == 2
    assert "not an award round's file" in run.stdout


@pytest.mark.parametrize("removed", [0, 3, 8, 13])
def test_a_bare_file_misses_a_line(removed):
    lines = a_round()
    del lines[removed]
    with pytest.raises(Differs):
        recompute.compared(lines, None)


def test_it_names_what_is_said_and_what_was_reckoned(tmp_path):
    lines = a_round()
    lines[7] = lines[7].replace(b'"paid":"2000.00"', b'"paid":"2000.01"')
    run = checked(tmp_path, b"\n".join(lines), name="round.jsonl")
    assert run.stdout.splitlines() == [
        "differs: line 8 · it is not what is reckoned",
        "  case: TA-2610-0002",
        "  field: paid",
        '  says: "2000.01"',
        '  reckoned: "2000.00"',
    ]


garbage = st.binary(max_size=300) | st.text(max_size=100).map(str.encode) | st.recursive(
    st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
).map(lambda value: canonical(value).encode("utf-8", "replace"))  # fmt: skip


def outcome(path: Path, content: bytes, capsys: Any) -> tuple[int, str]:
    path.write_bytes(content)
    return recompute.main([str(path), "--en"]), capsys.readouterr().out


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(garbage)
def test_garbage_gets_a_plain_sentence(tmp_path, capsys, content):
    code, said = outcome(tmp_path / "garbage", content, capsys)
    assert (code, said.count("\n")) == (2, 1), said
    assert "not an award round's file" in said


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_a_truncated_or_bent_zip_does_too(tmp_path, capsys, data):
    whole = zipped(a_round())
    code, said = outcome(tmp_path / "cut.zip", whole[: data.draw(st.integers(0, len(whole) - 1))], capsys)
    assert (code, said.count("\n")) == (2, 1), said
    bent = bytearray(whole)
    bent[data.draw(st.integers(0, len(bent) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    code, said = outcome(tmp_path / "bent.zip", bytes(bent), capsys)
    assert code == 2 or said.endswith("FINGERPRINT\n"), "found, or a byte that no line and no entry hangs on"


@pytest.mark.parametrize("missing", ["round.jsonl", "ledger.json"])
def test_a_zip_that_lacks_a_part_is_not_ours(tmp_path, capsys, missing):
    archive = zipfile.ZipFile(io.BytesIO(zipped(a_round())))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as left:
        for name in archive.namelist():
            if name != missing:
                left.writestr(name, archive.read(name))
    assert outcome(tmp_path / "round.zip", target.getvalue(), capsys)[0] == 2


def test_other_ledgers_and_absent_files_get_a_sentence(tmp_path, capsys):
    code, said = outcome(tmp_path / "round.zip", roundfile.packed(a_round(), b"[]"), capsys)
    assert code == 2
    assert "ledger.json in the zip is not an export of the ledger" in said
    assert recompute.main([str(tmp_path / "absent"), "--en"]) == 2
    assert "cannot be opened" in capsys.readouterr().out


def test_a_name_cannot_speak_to_the_terminal(tmp_path, capsys):
    lines = roundfile.lines(round_of(candidate(1, 80, standing="void", reason="\x1b[2J\u202e\n假")))
    code, said = outcome(tmp_path / "round.jsonl", b"\n".join(lines), capsys)
    assert code == 0
    assert not set("\x1b\u202e") & set(said)
    shuffled = random.Random(1).sample(lines, len(lines))
    code, said = outcome(tmp_path / "round.zip", zipped(shuffled, export_of(lines)), capsys)
    assert code == 1
    assert not set("\x1b\u202e") & set(said)


# The product's own ledger.


@pytest.mark.django_db
def test_the_real_ledger_confirms_and_both_programs_hold(tmp_path):
    """What the database digested is what the program digests; the signature under it is the verifier's."""
    lines = a_round()
    with transaction.atomic():
        append(subject="round:7", event="award.round.opened", payload={})
        stamp = append(subject="round:7", event=recompute.CONFIRMED, payload={"lines": roundfile.digests(lines)})
    checkpoints.gather("confirmation")
    export = ledger_export.build(["round:7"], readable=lambda entry: True)
    run = checked(tmp_path, zipped(lines, export))
    assert run.returncode == 0, run.stdout
    assert stamp.digest in run.stdout
    zipfile.ZipFile(tmp_path / "round.zip").extract("ledger.json", tmp_path)
    command = [sys.executable, "-I", verify.__file__, "ledger.json", "--key", checkpoints.fingerprint()]
    held = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert held.returncode == 0, held.stdout


def test_a_line_out_of_its_place_is_told_where_it_belongs(tmp_path):
    lines = a_round()
    export = export_of(lines)
    del lines[4]
    run = checked(tmp_path, zipped(lines, export))
    assert run.stdout.startswith("differs: line 5 · it is not the line that was confirmed\n")
    assert "\n  was confirmed as line: 6\n" in run.stdout


def test_the_writer_loads_no_django():
    code = "import innovation.awards.roundfile, sys; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2]).returncode == 0
