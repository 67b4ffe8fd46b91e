"""The manifest: what a backup holds, signed with the key that signs checkpoints."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from workflows.ledger import checkpoints, verify
from workflows.ledger.canonical import canonical
from workflows.operations.backup import digests
from workflows.operations.backup.programs import NotDone

FORMAT = "assay-backup/1"
NAME, DUMP, MEDIA = "manifest.json", "database.dump", "media"


def write(folder: Path, body: dict[str, Any]) -> None:
    """Last of all, so that a backup that was cut short has none."""
    text = canonical(body)
    signed = {"body": body, "key": checkpoints.public_key(), "signature": checkpoints.signature_of(text)}
    path = folder / NAME
    with path.open("w", encoding="utf-8") as file:
        json.dump(signed, file, ensure_ascii=False, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())


def read(folder: Path, fingerprint: str) -> dict[str, Any]:
    """The body, once the signature holds under this key. Raises NotDone naming what does not."""
    try:
        signed = json.loads((folder / NAME).read_text("utf-8"))
        body, key, signature = signed["body"], bytes.fromhex(signed["key"]), bytes.fromhex(signed["signature"])
        text = canonical(body).encode()
    except FileNotFoundError:
        raise NotDone(_("There is no manifest: this is no backup, or one that was cut short."))
    except (OSError, ValueError, KeyError, TypeError):
        raise NotDone(_("The manifest cannot be read: this is no backup of ours, or a damaged one."))
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise NotDone(_("The manifest is of another kind of backup."))
    if checkpoints.fingerprint_of(key.hex()) != fingerprint:
        raise NotDone(
            _("The manifest is signed by another plant's key: %(key)s.")
            % {"key": checkpoints.fingerprint_of(key.hex())}
        )
    if not verify.signature_holds(key, text, signature):
        raise NotDone(_("The manifest was changed: its signature does not hold."))
    return body


def check(folder: Path, fingerprint: str) -> dict[str, Any]:
    """The manifest's body, if every file lies there as it says and no other does."""
    body = read(folder, fingerprint)
    for place, wanted in _listed(body):
        _same(folder / place, place, wanted)
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    strange = sorted(there - {place for place, _wanted in _listed(body)} - {NAME})
    if strange:
        raise NotDone(_("%(file)s is not in the manifest.") % {"file": strange[0]})
    return body


def _listed(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield DUMP, body["dump"]
    for place, wanted in sorted(body["files"].items()):
        yield f"{MEDIA}/{place}", wanted


def _same(path: Path, place: str, wanted: dict[str, Any]) -> None:
    if not path.is_file() or path.is_symlink():
        raise NotDone(_("%(file)s is missing.") % {"file": place})
    found = digests.file(path)
    if found["size"] < wanted["size"]:
        raise NotDone(_("%(file)s was cut: %(size)s of %(wanted)s bytes are there.") % {
            "file": place, "size": found["size"], "wanted": wanted["size"]
        })  # fmt: skip
    if found != wanted:
        raise NotDone(_("%(file)s was changed: its digest is another one.") % {"file": place})
