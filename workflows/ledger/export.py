"""Evidence to take away: chains, what the reader may see of them, and the checkpoints that hold them.

The format is described in docs/ledger-format.md; the reader of it is verify.py, which knows nothing else.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from workflows.ledger import verify
from workflows.ledger.canonical import moment_text
from workflows.ledger.checkpoints import header, tree_at
from workflows.ledger.entries import unsealed
from workflows.ledger.models import Chain, Checkpoint, Entry

Readable = Callable[[Entry], bool]
PROGRAM = Path(verify.__file__)
# All checkpoints between the oldest one needed and the newest are enclosed, so that each is seen to name the one
# before; beyond this many only those needed are, and the verifier checks their signatures.
LONGEST_RUN = 500
MOST_HELD = 20


def write(subjects: Iterable[str], *, readable: Readable, to: IO[bytes], held: Collection[int] = ()) -> None:
    """Write a zip with `export.json` and the verifier. `held`: numbers of checkpoints that the reader keeps."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export.json", dumped(build(subjects, readable=readable, held=held)))
        archive.write(PROGRAM, "verify.py")


def build(subjects: Iterable[str], *, readable: Readable, held: Collection[int] = ()) -> dict[str, Any]:
    subjects = sorted(set(subjects))
    chains = [chain_of(chain, readable) for chain in Chain.objects.filter(subject__in=subjects).order_by("subject")]
    asked = _asked_for(held)
    return {
        "format": verify.FORMAT,
        "chains": chains,
        "checkpoints": [header(checkpoint) for checkpoint in _run(subjects, asked)],
        "proofs": list(_proofs(asked, [chain["subject"] for chain in chains])),
    }


def to_hold(checkpoint: Checkpoint, subjects: Iterable[str] = ()) -> dict[str, Any]:
    """A checkpoint to keep outside, with what it says of the given subjects."""
    proofs = list(_proofs([checkpoint], list(subjects)))
    return {"format": verify.FORMAT, "chains": [], "checkpoints": [header(checkpoint)], "proofs": proofs}


def dumped(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def chain_of(chain: Chain, readable: Readable) -> dict[str, Any]:
    entries = chain.entries.select_related("payload").order_by("seq", "pk")
    return {
        "subject": chain.subject,
        "length": chain.length,
        "head": chain.head,
        "entries": [entry_of(entry, readable) for entry in entries],
    }


def entry_of(entry: Entry, readable: Readable) -> dict[str, Any]:
    fields = ("seq", "event", "payload_digest", "prev", "digest")
    return {
        **{field: getattr(entry, field) for field in fields},
        "at": moment_text(entry.at),
        "payload": payload_of(entry, readable),
    }


def payload_of(entry: Entry, readable: Readable) -> dict[str, str] | str:
    if not hasattr(entry, "payload") or not readable(entry):
        return "withheld"
    payload = entry.payload
    salt, body = unsealed(entry) if payload.sealed else (payload.salt or "", payload.body or "")
    return {"salt": salt, "body": body}


def _asked_for(held: Collection[int]) -> list[Checkpoint]:
    """The newest, and those that the reader holds."""
    newest = list(Checkpoint.objects.order_by("-number")[:1])
    named = sorted(set(held))[:MOST_HELD]
    others = Checkpoint.objects.filter(number__in=named).exclude(pk__in=[c.pk for c in newest])
    return [*others.order_by("number"), *newest]


def _run(subjects: list[str], asked: list[Checkpoint]) -> list[Checkpoint]:
    """From the first checkpoint that lists one of the subjects, or is asked for, to the newest."""
    if not asked:
        return []
    listing = Checkpoint.objects.filter(heads__chain__subject__in=subjects).order_by("number").first()
    first = min(c.number for c in (*asked, *([listing] if listing else [])))
    if asked[-1].number - first >= LONGEST_RUN:
        return asked
    return list(Checkpoint.objects.filter(number__range=(first, asked[-1].number)).order_by("number"))


def _proofs(checkpoints: list[Checkpoint], subjects: list[str]) -> Iterator[dict[str, Any]]:
    for checkpoint in checkpoints if subjects else []:
        tree = tree_at(checkpoint)
        for subject in subjects:
            yield {"checkpoint": checkpoint.number, **tree.proof(subject)}
