"""What the ledger's stories share: a chain with a history, an export of it, and a bare Python that verifies it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from django.db import connection

from workflows.ledger import checkpoints, export
from workflows.ledger.entries import append

SUBJECT = "case:1"
WORDS = ("filed", "claimed", "approved", "returned", "resumed", "accepted")


def history(subject: str = SUBJECT, count: int = 6) -> None:
    for number in range(count):
        append(
            subject=subject, event=f"engine.case.{WORDS[number % 6]}", payload={"n": number, "reason": "冰铜 锍 𠮷 🙂"}
        )


def exported(*subjects: str, held: tuple[int, ...] = (), readable: Any = lambda entry: True) -> dict[str, Any]:
    file = io.BytesIO()
    export.write(subjects or (SUBJECT,), readable=readable, to=file, held=held)
    return json.loads(zipfile.ZipFile(file).read("export.json"))


def verified(
    folder: Path, content: dict[str, Any], *held: dict[str, Any], key: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run verify.py as an outsider would: isolated, without site packages, without the product."""
    program = folder / "verify.py"
    program.write_bytes(export.PROGRAM.read_bytes())
    (folder / "export.json").write_text(json.dumps(content), encoding="utf-8")
    command = [sys.executable, "-I", "-S", str(program), "export.json"]
    for fingerprint in (key or checkpoints.fingerprint()).split():
        command += ["--key", fingerprint]
    for number, one in enumerate(held):
        (folder / f"held-{number}.json").write_text(json.dumps(one), encoding="utf-8")
        command += ["--checkpoint", f"held-{number}.json"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)


def tamper(*statements: str) -> None:
    """What a database administrator can do: switch the triggers off and write."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET session_replication_role = DEFAULT")
