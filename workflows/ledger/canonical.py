"""One text for one payload: what was digested can be written down again, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


def canonical(payload: Mapping[str, Any]) -> str:
    """JSON with sorted keys and no spaces, in real characters; dates and decimals are strings.

    Raises TypeError for a float (two machines may print it differently), for keys that are not text, and for
    anything that has no plain form.
    """
    text = json.dumps(_plain(payload), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    text.encode("utf-8")  # half a surrogate pair has no bytes: better refused here than in the database
    return text


def moment_text(moment: datetime) -> str:
    """ISO 8601 in UTC with microseconds and Z, as the ledger writes every time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        return {_key(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"A ledger payload holds no {type(value).__name__}.")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError("The keys of a ledger payload are text.")
    return key
