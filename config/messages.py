"""Translations: compile every .po that is newer than its .mo, and list what is not translated yet.

python -m config.messages             compile
python -m config.messages --missing   list msgids without a Chinese translation, as the tests do
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("config", "innovation", "maintenance_audit", "workflows", "locale")


def catalogues(root: Path = ROOT) -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((root / package).rglob("LC_MESSAGES/django.po"))


def is_stale(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime <= source.stat().st_mtime


def compile_one(source: Path) -> None:
    """Write the .mo beside its .po in one step: a neighbour who is reading never sees half a file."""
    with source.open("rb") as text:
        catalogue = read_po(text)
    handle, name = tempfile.mkstemp(dir=source.parent, suffix=".mo.part")
    with os.fdopen(handle, "wb") as binary:
        write_mo(binary, catalogue)
    Path(name).chmod(0o644)
    Path(name).replace(source.with_suffix(".mo"))


def compile_stale(root: Path = ROOT) -> list[Path]:
    stale = [source for source in catalogues(root) if is_stale(source)]
    for source in stale:
        compile_one(source)
    return stale


def main(arguments: list[str]) -> int:
    if "--missing" in arguments:
        from config.translations import complaints

        found = complaints()
        sys.stdout.writelines(f"{line}\n" for line in found)
        return 1 if found else 0
    sys.stdout.writelines(f"compiled {source.relative_to(ROOT)}\n" for source in compile_stale())
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
