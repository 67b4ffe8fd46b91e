"""No tracked file holds a secret, the path of somebody's machine, or the address of a package registry."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.start.processes import ROOT

FORBIDDEN = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY",
    "a token": r"\b(?:ghp|gho|ghs|github_pat|glpat|xox[abps]|sk|pypi|AKIA)[-_]?[A-Za-z0-9]{20,}",
    "a password in an address": r"\b[a-z][a-z+]*://[^\s:/@'\"{}<>]+:(?!password@|pass@|secret@)[^\s@/'\"{}<>]+@[\w.]+",
    "a key with a value": r"^(?:SECRET_KEY|SEALING_KEY|CHECKPOINT_KEY) *= *['\"]?[\w-]{16,}",
    "somebody's folder": r"/(?:root|work|home/\w+|Users/\w+)/[\w.-]+",
    "a registry": r"\b(?:pypi|files\.pythonhosted|test\.pypi|registry\.npmjs|proxy\.golang)\.(?:org|io)\b"
    r"|\bpypi\.[\w.-]+\.(?:com|cn|net|org)\b|\b(?:extra-)?index-url\b|/simple/?(?=[\s'\"]|$)",
}
PRIVATE = re.compile(r"(^|/)(\.env$|var/|\.venv/|__pycache__/|.*\.(mo|pyc|pem|key)$)")
BINARY = {".png", ".jpg", ".jpeg", ".ico", ".woff2", ".ttf", ".otf", ".pdf", ".xlsx", ".gz", ".zip", ".heic", ".webp"}
# This file has to spell out what it forbids.
SPELLED_OUT = {"tests/start/test_repository.py"}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def found_in(text: str) -> Iterator[str]:
    for what, pattern in FORBIDDEN.items():
        for hit in re.finditer(pattern, text, re.MULTILINE):
            yield f"{what}: line {text.count(chr(10), 0, hit.start()) + 1}: {hit.group()[:60]}"


def test_no_tracked_file_holds_what_must_stay_out() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {hit}"
        for path in tracked()
        if path.suffix not in BINARY and str(path.relative_to(ROOT)) not in SPELLED_OUT
        for hit in found_in(path.read_text("utf-8", errors="replace"))
    ]
    assert not found, "\n".join(found)


def test_nothing_private_or_made_is_tracked() -> None:
    names = [str(path.relative_to(ROOT)) for path in tracked()]
    assert not [name for name in names if PRIVATE.search(name)]


@pytest.mark.parametrize(
    "line",
    [
        "-----BEGIN " + "EC PRIVATE KEY-----",
        "SECRET_KEY=" + "x" * 50,
        "redis://user:" + "hunter22@db.example",
        "open('" + "/root/" + "notes')",
        "--index-url " + "https://mirror.example/" + "simple",
    ],
)
def test_the_search_finds_what_it_looks_for(line: str) -> None:
    assert list(found_in(line))
