"""Many entries at once, for seeding and import: chains are computed here, rows go in by COPY."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection

from workflows.ledger.canonical import moment_text
from workflows.ledger.clock import now
from workflows.ledger.entries import Stamp, require_transaction
from workflows.ledger.packing import Packed, pack
from workflows.ledger.verify import ZERO, entry_digest

ENTRIES = "COPY ledger_entry (id, chain_id, seq, event, at, payload_digest, prev, digest) FROM STDIN WITH (FORMAT csv)"
PAYLOADS = "COPY ledger_payload (entry_id, salt, body, sealed) FROM STDIN WITH (FORMAT csv)"
HEADS = """
UPDATE ledger_chain c SET length = v.length, head = v.head
FROM unnest(%s::bigint[], %s::integer[], %s::text[]) AS v (id, length, head) WHERE c.id = v.id
"""
BEGIN = """
INSERT INTO ledger_chain (subject, length, head) SELECT s, 0, %s FROM unnest(%s::text[]) s
ON CONFLICT (subject) DO NOTHING
"""
LOCK = """
SELECT subject, id, length, head FROM ledger_chain WHERE subject = ANY(%s) ORDER BY subject FOR NO KEY UPDATE
"""
ENTRY_IDS = "SELECT nextval(pg_get_serial_sequence('ledger_entry', 'id')) FROM generate_series(1, %s)"


@dataclass(frozen=True)
class Happening:
    """The arguments of one `append`."""

    subject: str
    event: str
    payload: Mapping[str, Any]
    at: datetime | None = None
    sealed: bool = False


@dataclass
class _Head:
    """Where a chain ends, while its lock is held."""

    pk: int
    length: int
    head: str


def append_many(happenings: Iterable[Happening], batch_size: int = 5000) -> list[Stamp]:
    """Write many entries in their order, with eight statements a batch. The same digests as `append`.

    Locks every chain it touches, in the order of their names, until the caller's transaction ends.
    """
    require_transaction()
    rest, stamps = iter(happenings), []
    while batch := list(islice(rest, batch_size)):
        stamps += _write(batch)
    return stamps


def _write(batch: list[Happening]) -> list[Stamp]:
    chains = _locked_chains({happening.subject for happening in batch})
    entries, payloads, stamps = [], [], []
    for entry_id, happening in zip(_entry_ids(len(batch)), batch, strict=True):
        chain, packed = chains[happening.subject], pack(happening.payload, sealed=happening.sealed)
        row = _entry(chain, happening, packed)
        chain.length, chain.head = row[0], row[-1]
        entries.append((entry_id, chain.pk, *row))
        payloads.append((entry_id, *_columns(packed)))
        stamps.append(Stamp(chain.length, chain.head))
    _copy(ENTRIES, entries)
    _copy(PAYLOADS, payloads)
    _move_heads(list(chains.values()))
    return stamps


def _locked_chains(subjects: set[str]) -> dict[str, _Head]:
    """By subject; those that are new are begun."""
    names = sorted(subjects)
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, [ZERO, names])
        cursor.execute(LOCK, [names])
        return {subject: _Head(pk, length, head) for subject, pk, length, head in cursor.fetchall()}


def _entry(chain: _Head, happening: Happening, packed: Packed) -> tuple[int, str, str, str, str, str]:
    seq, at = chain.length + 1, moment_text(happening.at or now())
    digest = entry_digest(happening.subject, seq, happening.event, at, packed.commitment, chain.head)
    return seq, happening.event, at, packed.commitment, chain.head, digest


def _columns(packed: Packed) -> tuple[str | None, str | None, str | None]:
    return packed.salt, packed.body, "\\x" + packed.sealed.hex() if packed.sealed else None


def _entry_ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(ENTRY_IDS, [count])
        return [row[0] for row in cursor.fetchall()]


def _move_heads(chains: list[_Head]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(HEADS, [[c.pk for c in chains], [c.length for c in chains], [c.head for c in chains]])


def _copy(statement: str, rows: list[tuple[Any, ...]]) -> None:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    file.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(statement, file)
