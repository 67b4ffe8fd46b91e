"""Signed statements of where every chain stands, each naming the one before."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, transaction

from workflows.ledger.canonical import moment_text
from workflows.ledger.clock import now
from workflows.ledger.models import Checkpoint, Head
from workflows.ledger.tree import Place, Tree
from workflows.ledger.verify import ZERO, checkpoint_text, sha256

SINGLE_FLIGHT = 0x6C6564676572  # "ledger"

# One statement, so one moment: no chain is seen later than another.
STANDING = """
SELECT c.id, c.subject, c.length, c.head,
       (c.length, c.head) IS DISTINCT FROM (h.length, h.digest) AS moved
FROM ledger_chain c
LEFT JOIN (SELECT DISTINCT ON (chain_id) chain_id, length, digest
           FROM ledger_head ORDER BY chain_id, checkpoint_id DESC) h ON h.chain_id = c.id
WHERE c.length > 0
"""


@dataclass(frozen=True)
class Standing:
    chain_id: int
    place: Place
    moved: bool


def gather(reason: str) -> Checkpoint | None:
    """Sign where all chains stand now. None if nothing moved since the last time.

    One at a time: a second caller waits, and then finds nothing left to sign. Only what is committed is seen, and
    what the caller's own transaction wrote.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SINGLE_FLIGHT])
        standings = _standings()
        moved = [standing for standing in standings if standing.moved]
        if not moved:
            return None
        checkpoint = _sign(reason, Tree(standing.place for standing in standings))
        Head.objects.bulk_create(
            [
                Head(checkpoint=checkpoint, chain_id=s.chain_id, length=s.place.length, digest=s.place.head)
                for s in moved
            ],
            batch_size=5000,
        )
        return checkpoint


def _standings() -> list[Standing]:
    with connection.cursor() as cursor:
        cursor.execute(STANDING)
        return [Standing(row[0], Place(*row[1:4]), row[4]) for row in cursor.fetchall()]


def _sign(reason: str, tree: Tree) -> Checkpoint:
    last = Checkpoint.objects.order_by("-number").first()
    checkpoint = Checkpoint(
        number=last.number + 1 if last else 1,
        at=now(),
        reason=reason,
        size=tree.size,
        root=tree.root,
        previous=last.digest if last else ZERO,
        demo=settings.DEMO,
        key=public_key(),
    )
    text = checkpoint_text(header(checkpoint))
    checkpoint.digest = sha256(text)
    checkpoint.signature = signature_of(text)
    checkpoint.save(force_insert=True)
    return checkpoint


def header(checkpoint: Checkpoint) -> dict[str, Any]:
    """The checkpoint as an export carries it."""
    fields = ("number", "reason", "size", "root", "previous", "demo", "key", "digest", "signature")
    return {**{field: getattr(checkpoint, field) for field in fields}, "at": moment_text(checkpoint.at)}


def tree_at(checkpoint: Checkpoint) -> Tree:
    """The tree that the checkpoint signed, folded from the heads listed up to it."""
    rows = (
        Head.objects.filter(checkpoint__number__lte=checkpoint.number)
        .order_by("chain", "-checkpoint__number")
        .distinct("chain")
        .values_list("chain__subject", "length", "digest")
    )
    return Tree(Place(*row) for row in rows)


def signature_of(text: str) -> str:
    """Ed25519 under the plant's key."""
    return _private_key().sign(text.encode()).hex()


def public_key() -> str:
    return _private_key().public_key().public_bytes_raw().hex()


def fingerprint() -> str:
    """SHA-256 of the public key's 32 bytes: what people compare and keep."""
    return fingerprint_of(public_key())


def fingerprint_of(key: str) -> str:
    return hashlib.sha256(bytes.fromhex(key)).hexdigest()


def _private_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(settings.CHECKPOINT_KEY))
