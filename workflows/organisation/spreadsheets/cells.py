"""A spreadsheet once read: cells as the file has them, and what is said of those that are not believed."""

from __future__ import annotations

from dataclasses import dataclass

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


def letters(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text
