"""From the bytes of a history file to rows and faults. Nothing here knows the plant."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from innovation.history.sheets import values
from innovation.history.sheets.layout import LAYOUTS, Layout, layout_of
from workflows.organisation.errors import Refused
from workflows.organisation.spreadsheets import columns, intake, workbook
from workflows.organisation.spreadsheets.cells import Cell, Fault, letters
from workflows.organisation.spreadsheets.values import NotBelieved, shown

NAMES = {name for layout in LAYOUTS for name in layout.names}


@dataclass(frozen=True)
class SheetFault(Fault):
    """A fault, in which sheet, and what stands in the cell."""

    sheet: str = ""
    value: str = ""


@dataclass
class Read:
    """`awards`, `problems`: one dict a row, with its number under "row" and what each cell means.

    `where`: for each sheet its name as written, and for each known column its letters and header.
    `ignored`: headers and sheets that are not read.
    """

    awards: list[dict[str, Any]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    faults: list[SheetFault] = field(default_factory=list)
    where: dict[str, Any] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def read(content: bytes) -> Read:
    """Raises Refused at the field "file" when the file as a whole cannot be used."""
    intake.refuse_what_is_none(content)
    if not content.startswith(b"PK"):
        raise Refused(_("History comes in two sheets of one .xlsx. Take the template."), "file")
    grids, others = workbook.read_sheets(content, NAMES)
    if not grids:
        words = {"names": _(", ").join(name[:31] for name in others[:5])}
        raise Refused(_("No sheet is called 获奖 or 难题. The file has: %(names)s.") % words, "file")
    found = Read(ignored=[_("sheet “%(name)s”") % {"name": name[:31]} for name in others])
    for name, grid in grids.items():
        layout = layout_of(name)
        assert layout is not None
        if layout.key in found.where:
            raise Refused(_("Two sheets are for the same: %(name)s.") % {"name": name}, "file")
        _take_sheet(found, layout, name, grid)
    if not found.awards and not found.problems and not found.faults:
        raise Refused(_("Below the header there are no rows."), "file")
    return found


def _take_sheet(found: Read, layout: Layout, name: str, grid: workbook.Grid) -> None:
    found.where[layout.key] = {"name": name, "columns": {}}
    if not grid:
        return
    known, ignored = columns.recognised(grid[0][1], layout.columns)
    try:
        columns.require(known, layout.required, layout.said)
    except Refused as refused:
        raise Refused(_("Sheet “%(name)s”: %(reason)s") % {"name": name, "reason": refused.message}, "file") from None
    found.ignored += ignored
    found.where[layout.key]["columns"] = {key: [letters(index), head] for key, (index, head) in known.items()}
    for number, cells in grid[1:]:
        _take(found, layout, name, number, cells, known)


def _take(found: Read, layout: Layout, name: str, number: int, cells: list[Cell], known: columns.Known) -> None:
    row: dict[str, Any] = {"row": number}
    faults: list[SheetFault] = []
    for key, (index, header) in known.items():
        cell = cells[index] if index < len(cells) else Cell()
        try:
            row[key] = values.meant(key, cell)
            if not row[key] and key in layout.required:
                raise NotBelieved(_("is empty"))
        except NotBelieved as reason:
            said = "" if cell.value is None else shown(cell.value)
            faults.append(SheetFault(number, letters(index), header, str(reason), name, said))
    found.faults += faults
    if not faults:
        rows = found.awards if layout.key == "awards" else found.problems
        rows.append(row)
