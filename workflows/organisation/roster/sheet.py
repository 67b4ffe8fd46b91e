"""What a roster file holds once read: rows, and the cells that could not be believed. No Django models here."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 5000
MOST_COLUMNS = 40
MOST_IN_A_CELL = 500


@dataclass(frozen=True)
class Cell:
    """A cell as the file has it. `kind`: plain, formula, error or merged."""

    value: object = None
    kind: str = "plain"


@dataclass(frozen=True)
class Fault:
    """Why a row is not taken: where in the file, and a sentence in the reader's language."""

    row: int
    column: str  # letters, as the spreadsheet shows them
    header: str
    reason: str


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


def letters(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text
