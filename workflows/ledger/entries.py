"""Writing into the ledger, in the transaction of what is recorded. Many at once: `bulk.append_many`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.transaction import TransactionManagementError

from workflows.ledger.clock import now
from workflows.ledger.models import Entry
from workflows.ledger.packing import pack
from workflows.ledger.sealing import open_sealed
from workflows.store.gathering import call

APPEND = "ledger_append(%s, %s, %s::timestamptz, %s, %s, %s::bytea, %s)"


class Stamp(NamedTuple):
    """Where the entry stands in its subject's chain, and its digest in hex.

    Under `gathered` both are promises until the rows go out; a row that carries them gets them then.
    """

    seq: int
    digest: str


def append(
    *, subject: str, event: str, payload: Mapping[str, Any], at: datetime | None = None, sealed: bool = False
) -> Stamp:
    """Write one entry at the end of the subject's chain: one call in one statement, inside the caller's transaction.

    The chain stays locked until that transaction ends. Names and free text belong in the payload, never in subject
    or event. Raises TypeError for a payload with floats, TransactionManagementError outside a transaction.
    """
    require_transaction()
    packed = pack(payload, sealed=sealed)
    # An open payload is digested where it is kept: the database never takes our word for it.
    commitment = packed.commitment if sealed else None
    row = (subject, event, at or now(), packed.salt, packed.body, packed.sealed, commitment)
    return Stamp(**call(APPEND, row, ("seq", "digest")))


def require_transaction() -> None:
    if not connection.in_atomic_block:
        raise TransactionManagementError("The ledger is written in the transaction of what it records.")


def unseal(entry: Entry) -> Mapping[str, Any]:
    """What a sealed entry says. Whoever calls answers for the moment being right."""
    _salt, body = unsealed(entry)
    return json.loads(body)


def unsealed(entry: Entry) -> tuple[str, str]:
    """Salt and body of a sealed entry, as an export shows them."""
    return open_sealed(bytes(entry.payload.sealed or b""), entry.payload_digest)
