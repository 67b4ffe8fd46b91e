"""placeholder, grows below"""

from __future__ import annotations

import hashlib


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def commitment_of(salt: str, body: str) -> str:
    return sha256(salt + "|" + body)


def entry_digest(subject, seq, event, at, payload_digest, prev):
    return sha256("|".join((subject, str(seq), event, at, payload_digest, prev)))
