"""Evidence to take away as one file: records beside the chains that prove them, and the program that reads both.

What lies in the archive, and that somebody took it, is one entry of the chain `subject`; the format is described in
docs/ledger-format.md, and `verify.py` alone reads it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from workflows.ledger import checkpoints, verify
from workflows.ledger.canonical import canonical, moment_text
from workflows.ledger.clock import now
from workflows.ledger.entries import Stamp, append
from workflows.ledger.export import PROGRAM, Readable, build, dumped

EVENT = "ledger.package.taken"


@dataclass(frozen=True)
class Package:
    """`digest`: of package.json, as the ledger's entry `stamp` names it."""

    content: bytes
    digest: str
    stamp: Stamp
    entries: int
    withheld: int


def take(
    *, subject: str, what: str, by: str, records: Mapping[str, Any], subjects: Iterable[str], readable: Readable,
    files: Mapping[str, bytes] | None = None,
) -> Package:  # fmt: skip
    """Write who took what into the ledger, sign where the chains stand, and pack it all.

    `by`: the employee number. `records` are plain (canonical JSON takes them). `readable` is asked of every entry but
    the one that this call writes, which whoever takes the package may read.
    """
    inside = {"records.json": canonical(records).encode(), "verify.py": PROGRAM.read_bytes(), **(files or {})}
    manifest = _manifest(subject, what, by, inside)
    digest = hashlib.sha256(manifest).hexdigest()
    with transaction.atomic():
        stamp = append(subject=subject, event=EVENT, payload={"by": by, "package": digest, "what": what})
        checkpoints.gather("package")

    def open_to_the_taker(entry: Any) -> bool:
        return (entry.chain.subject == subject and entry.seq == stamp.seq) or readable(entry)

    export = build([subject, *subjects], readable=open_to_the_taker)
    ordered = [("package.json", manifest), *sorted(inside.items()), ("export.json", dumped(export).encode())]
    entries = [entry for chain in export["chains"] for entry in chain["entries"]]
    withheld = sum(entry["payload"] == "withheld" for entry in entries)
    return Package(verify.packed(ordered), digest, stamp, len(entries), withheld)


def _manifest(subject: str, what: str, by: str, inside: Mapping[str, bytes]) -> bytes:
    listed = [
        {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in sorted(inside.items())
    ]
    said = {"format": "assay-package/1", "subject": subject, "what": what, "taken_at": moment_text(now()),
            "taken_by": by, "files": listed}  # fmt: skip
    return dumped(said).encode()
