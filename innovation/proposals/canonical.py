"""The content of a proposal as bytes that are the same for the same content, so that it can be digested."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID


def digest(
    *,
    title: str,
    category: str,
    problem: str,
    present_state: str,
    method: str,
    equipment: str,
    cost: Decimal,
    lines: Iterable[tuple[str, str, Decimal, Decimal]],
    authors: Iterable[tuple[str, int]],
    documents: Iterable[UUID] = (),
) -> str:
    """Return the lower-case hex SHA-256 of the content; lines and authors in their order, documents in any."""
    content = {
        "title": title,
        "category": category,
        "problem": problem,
        "present_state": present_state,
        "method": method,
        "equipment": equipment,
        "cost": _plain(cost),
        "lines": [[label, kind, _plain(quantity), _plain(value)] for label, kind, quantity, value in lines],
        "authors": [[number, share] for number, share in authors],
        "documents": sorted(str(key) for key in documents),
    }
    return hashlib.sha256(to_bytes(content)).hexdigest()


def to_bytes(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _plain(number: Decimal) -> str:
    """Write 640, 640.0 and 6.4E+2 alike: what is equal must be digested alike."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
