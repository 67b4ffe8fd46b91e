"""Somebody edits the export itself, anywhere. And the program's own arithmetic is the standard's."""

from __future__ import annotations

import ast
import copy
import io
import json
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ledger.chains import exported, history, verified
from workflows.ledger import checkpoints, export, verify
from workflows.ledger.verify import L, Report, Unreadable, shaped, signature_holds

# RFC 8032, section 7.1, TEST 1 to 3: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe"
        "24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302a"
        "eeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed2"
        "8dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_vectors_of_rfc_8032_hold(public, message, signature):
    public, message, signature = (bytes.fromhex(text) for text in (public, message, signature))
    assert signature_holds(public, message, signature)
    assert not signature_holds(public, message + b"x", signature)
    s = int.from_bytes(signature[32:], "little") + L
    assert not signature_holds(public, message, signature[:32] + s.to_bytes(32, "little")), "S must be below L"
    assert not signature_holds(public, message, signature[:63])
    assert not signature_holds(b"\xff" * 32, message, signature), "not a point"


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 511))
def test_what_another_library_signs_holds_and_one_bit_more_does_not(seed, message, bit):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert signature_holds(public, message, signature)
    flipped = bytearray(signature)
    flipped[bit // 8] ^= 1 << bit % 8
    assert not signature_holds(public, message, bytes(flipped))


@pytest.fixture
def content(db):
    for number in range(1, 6):
        history(f"case:{number}", 4)
    checkpoints.gather("one")
    history("case:1", 2)
    checkpoints.gather("two")
    history("case:1", 1)
    return exported("case:1", "case:4", readable=lambda entry: entry.seq != 2)


def leaves(value, path=()):
    """Every place in the file that holds one value."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    else:
        yield path


def code_of(content) -> int:
    return Report(content, [], [checkpoints.fingerprint()]).code if shaped(content, verify.EXPORT) else 2


def changed(old, draw):
    if isinstance(old, bool):
        return not old
    if isinstance(old, int):
        return draw(st.integers(-1, 200).filter(lambda new: new != old))
    place = draw(st.integers(0, max(len(old) - 1, 0)))
    letter = draw(st.sampled_from("0123456789abcdefABC| 锍\n").filter(lambda new: old[place : place + 1] != new))
    return old[:place] + letter + old[place + 1 :]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_field_changed_anywhere_is_caught(content, data):
    assert code_of(content) == 0
    path = data.draw(st.sampled_from(list(leaves(content))))
    mutated = copy.deepcopy(content)
    at = mutated
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = changed(at[path[-1]], data.draw)
    assert code_of(mutated) != 0, path


@pytest.mark.parametrize("what", ["proofs", "checkpoints"])
def test_what_is_left_out_is_missed(content, what):
    content[what] = []
    assert code_of(content) != 0


def test_an_entry_left_out_of_the_file_is_missed(content):
    del content["chains"][0]["entries"][2]
    report = Report(content, [], [checkpoints.fingerprint()])
    assert report.problems[0].lines()[1] == "case:1 entry 3 was removed"


def test_a_readable_payload_may_be_withheld_and_the_rest_still_holds(content, tmp_path):
    for entry in content["chains"][0]["entries"]:
        entry["payload"] = "withheld"
    done = verified(tmp_path, content)
    assert done.returncode == 0 and "8 payloads withheld" in done.stdout
    assert "case:1 entries 7 to 7 are not yet in a checkpoint" in done.stdout


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        "\ufeff{}",
        '{"format":"assay-ledger/1"}',
        "[" * 100_000,
        '{"format":"assay-ledger/1","chains":[],"chains":[],"checkpoints":[],"proofs":[]}',
        '{"format":"assay-ledger/1","chains":[],"checkpoints":[],"proofs":[1.5]}',
        '{"format":"assay-ledger/1","chains":[{"subject":"\\ud842","length":0,"head":"' + "0" * 64
        + '","entries":[]}],"checkpoints":[],"proofs":[]}',
    ],
)  # fmt: skip
def test_a_file_that_is_no_export_is_said_to_be_none(tmp_path, text):
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    with pytest.raises(Unreadable):
        verify.read(str(tmp_path / "a.json"))


def test_the_zip_is_read_as_it_is(content, tmp_path, capsys, db):
    file = io.BytesIO()
    export.write(["case:1"], readable=lambda entry: True, to=file)
    (tmp_path / "e.zip").write_bytes(file.getvalue())
    assert verify.main([str(tmp_path / "e.zip"), "--key", checkpoints.fingerprint()]) == 0
    assert zipfile.ZipFile(file).read("verify.py") == export.PROGRAM.read_bytes()
    assert verify.main([str(tmp_path / "none.zip"), "--key", "x"]) == 2
    assert "CANNOT BE READ" in capsys.readouterr().out


def test_the_export_is_the_same_text_twice(content, db):
    assert json.dumps(exported("case:1")) == json.dumps(exported("case:1"))


def test_the_worked_example_of_the_documentation_is_right():
    text = (Path(__file__).parents[2] / "docs" / "ledger-format.md").read_text(encoding="utf-8")
    payload = verify.commitment_of("00112233445566778899aabbccddeeff", '{"reason":"冰铜 锍 𠮷"}')
    digest = verify.entry_digest("case:1", 1, "engine.case.filed", "2026-11-18T01:12:00.000000Z", payload, verify.ZERO)
    assert payload in text and digest in text


def test_the_program_reads_on_an_old_python_and_needs_nothing_but_the_standard_library():
    tree = ast.parse(export.PROGRAM.read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert imported == {"__future__", "argparse", "hashlib", "io", "json", "sys", "typing", "zipfile"}
    newer = {"removeprefix", "removesuffix", "bit_count", "pairwise"}
    assert not {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & newer
