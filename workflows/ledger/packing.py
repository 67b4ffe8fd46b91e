"""A payload made ready to be kept: salted, committed to, sealed if it must be."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflows.ledger.canonical import canonical
from workflows.ledger.sealing import seal
from workflows.ledger.verify import commitment_of


@dataclass(frozen=True)
class Packed:
    """Open (salt and body) or sealed (neither of them)."""

    salt: str | None
    body: str | None
    sealed: bytes | None
    commitment: str


def pack(payload: Mapping[str, Any], *, sealed: bool = False) -> Packed:
    salt, body = secrets.token_hex(16), canonical(payload)
    commitment = commitment_of(salt, body)
    if sealed:
        return Packed(None, None, seal(salt, body, commitment), commitment)
    return Packed(salt, body, None, commitment)
