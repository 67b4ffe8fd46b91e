"""A table whose columns are known by their headers: rows, and the cells that could not be believed. Knows no plant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from workflows.organisation.errors import Refused
from workflows.organisation.spreadsheets import columns
from workflows.organisation.spreadsheets.cells import Cell, Fault, letters
from workflows.organisation.spreadsheets.values import NotBelieved
from workflows.organisation.spreadsheets.workbook import Grid

Meant = Callable[[str, Cell], Any]


@dataclass
class Table:
    """`rows`: one dict a row with its number under "row" and the known columns that are not empty.

    `headers`: for each known column its letters and its header as written; `ignored`: headers that are not read.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    headers: dict[str, list[str]] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)

    def faults_as_json(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self.faults]

    def as_json(self) -> dict[str, Any]:
        return {"rows": self.rows, "faults": self.faults_as_json(), "headers": self.headers, "ignored": self.ignored}


def read(
    grid: Grid,
    names: Mapping[str, Iterable[str]],
    *,
    required: Iterable[str],
    spoken: Callable[[str], str],
    meant: Meant,
    once: str,
) -> Table:
    """The rows below the header. `meant(key, cell)` is a cell's value, or raises NotBelieved; `required` are columns
    that each row fills in; of two rows with the same `once` neither is taken. Raises Refused at the field "file"."""
    known, ignored = columns.recognised(grid[0][1], names)
    columns.require(known, required, spoken)
    table = Table(ignored=ignored, headers={key: [letters(index), head] for key, (index, head) in known.items()})
    for number, cells in grid[1:]:
        _take(table, number, cells, known, set(required), meant)
    if not table.rows and not table.faults:
        raise Refused(_("Below the header there are no rows."), "file")
    _refuse_doubles(table, once)
    return table


def _take(table: Table, number: int, cells: list[Cell], known: columns.Known, required: set[str], meant: Meant) -> None:
    row: dict[str, Any] = {"row": number}
    faults: list[Fault] = []
    for key, (index, header) in known.items():
        try:
            value = meant(key, cells[index] if index < len(cells) else Cell())
            if not value and key in required:
                raise NotBelieved(_("is empty"))
        except NotBelieved as reason:
            faults.append(Fault(number, letters(index), header, str(reason)))
        else:
            if value:
                row[key] = value
    if faults:
        table.faults += faults
    else:
        table.rows.append(row)


def _refuse_doubles(table: Table, once: str) -> None:
    """Of two rows that name the same, neither is taken, because nobody can say which was meant."""
    rows_of: dict[str, list[int]] = {}
    for row in table.rows:
        rows_of.setdefault(row[once], []).append(row["row"])
    column, header = table.headers[once]
    for row in table.rows:
        others = [number for number in rows_of[row[once]] if number != row["row"]]
        if others:
            words = {"no": row[once], "rows": _(", ").join(map(str, others[:5]))}
            table.faults.append(Fault(row["row"], column, header, _("%(no)s also stands in row %(rows)s") % words))
    table.rows = [row for row in table.rows if len(rows_of[row[once]]) == 1]
    table.faults.sort(key=lambda fault: fault.row)
