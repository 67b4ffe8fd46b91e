"""What a roster file holds once read: rows, and the cells that could not be believed. No Django models here."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from workflows.organisation.spreadsheets.cells import Fault


@dataclass
class Sheet:
    """`rows`: one dict a row with its number under "row" and the known columns that are not empty.

    `headers`: for each known column its letters and its header as written; `ignored`: headers that are not read.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    headers: dict[str, list[str]] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)

    def faults_as_json(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self.faults]
