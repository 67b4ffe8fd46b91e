"""One chain as a page shows it."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from workflows.ledger import fields
from workflows.ledger.canonical import moment_text
from workflows.ledger.export import Readable, payload_of
from workflows.ledger.models import Chain, Entry, Head
from workflows.ledger.subjects import event_words

PAGE = 50


@dataclass(frozen=True)
class Line:
    """An entry with what the reader may know of it. `checkpoint`: the first that covers it, or None."""

    entry: Entry
    checkpoint: int | None
    payload: dict[str, str] | None

    @property
    def words(self) -> str:
        return event_words(self.entry.event)

    @property
    def is_sealed(self) -> bool:
        payload = getattr(self.entry, "payload", None)
        return payload is not None and payload.sealed is not None

    @property
    def exactly(self) -> str:
        """The time as it was digested."""
        return moment_text(self.entry.at)

    @property
    def facts(self) -> list[tuple[str, str, str]]:
        """The payload's fields: key, the key's words, value; what is nested stays JSON."""
        content = json.loads(self.payload["body"]) if self.payload else {}
        return [(key, fields.word(key), _said(value)) for key, value in content.items()]


def _said(value: Any) -> str:
    if value is None or value == "":
        return "—"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def lines(chain: Chain, readable: Readable, before: int | None = None) -> list[Line]:
    """A page of entries, newest first."""
    entries = chain.entries.select_related("payload", "chain").order_by("-seq")
    if before is not None:
        entries = entries.filter(seq__lt=before)
    return _lines(chain, list(entries[:PAGE]), readable)


def line(chain: Chain, entry: Entry, readable: Readable) -> Line:
    return _lines(chain, [entry], readable)[0]


def _lines(chain: Chain, entries: list[Entry], readable: Readable) -> list[Line]:
    heads = _heads(chain, entries)
    lengths = [length for length, _number in heads]
    return [Line(entry, _covering(entry, heads, lengths), _opened(entry, readable)) for entry in entries]


def _heads(chain: Chain, entries: Iterable[Entry]) -> list[tuple[int, int]]:
    lowest = min((entry.seq for entry in entries), default=0)
    heads = Head.objects.filter(chain=chain, length__gte=lowest).order_by("length", "checkpoint__number")
    return list(heads.values_list("length", "checkpoint__number"))


def _covering(entry: Entry, heads: list[tuple[int, int]], lengths: list[int]) -> int | None:
    place = bisect_left(lengths, entry.seq)
    return heads[place][1] if place < len(heads) else None


def _opened(entry: Entry, readable: Readable) -> dict[str, Any] | None:
    payload = payload_of(entry, readable)
    return payload if isinstance(payload, dict) else None
