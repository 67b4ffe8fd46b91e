"""What confirming an uploaded file would do, as far as every file's plan is alike."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from workflows.organisation.spreadsheets.cells import Fault


class Stale(Exception):
    """What would happen is no longer what the preview showed."""


@dataclass(frozen=True)
class Change:
    key: str
    label: str
    old: str
    new: str


class Effect(Protocol):
    """What one row does."""

    @property
    def said(self) -> list[Any]:
        """All that two rows of the same effect have in common, as JSON can say it."""


Row = TypeVar("Row", bound=Effect)


@dataclass
class FilePlan(Generic[Row]):
    """Rows that come in, rows that change what is there, and why others are left out."""

    new: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def effective(self) -> int:
        return len(self.new) + len(self.changed)

    @property
    def unreadable(self) -> int:
        """Rows left out; one row may have several faults."""
        return len({fault.row for fault in self.faults})

    @property
    def digest(self) -> str:
        """Two plans with the same digest do the same; the preview that was read and the one applied must be equal."""
        said = [[row.said for row in part] for part in (self.new, self.changed)]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()

    def take(self, row: Row, *, known: bool, changes: list[Change]) -> None:
        if not known:
            self.new.append(row)
        elif changes:
            self.changed.append(row)
        else:
            self.unchanged += 1
