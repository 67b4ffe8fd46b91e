"""From the bytes of an uploaded file to rows and faults. Nothing here knows the plant."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from workflows.organisation.errors import Refused
from workflows.organisation.roster import columns, values
from workflows.organisation.roster.sheet import Sheet
from workflows.organisation.spreadsheets import intake
from workflows.organisation.spreadsheets.cells import Cell, Fault, letters


def read(content: bytes) -> Sheet:
    """Raises Refused at the field "file" when the file as a whole cannot be used."""
    grid = intake.grid(content)
    known, ignored = columns.recognised(grid[0][1])
    sheet = Sheet(ignored=ignored, headers={key: [letters(index), head] for key, (index, head) in known.items()})
    for number, cells in grid[1:]:
        _take(sheet, number, cells, known)
    if not sheet.rows and not sheet.faults:
        raise Refused(_("Below the header there are no rows."), "file")
    _refuse_doubles(sheet, known)
    return sheet


def _take(sheet: Sheet, number: int, cells: list[Cell], known: dict[str, tuple[int, str]]) -> None:
    row: dict[str, Any] = {"row": number}
    faults: list[Fault] = []
    for key, (index, header) in known.items():
        cell = cells[index] if index < len(cells) else Cell()
        try:
            value = values.meant(key, cell)
            if not value and key in columns.REQUIRED:
                raise values.NotBelieved(_("is empty"))
        except values.NotBelieved as reason:
            faults.append(Fault(number, letters(index), header, str(reason)))
        else:
            if value:
                row[key] = value
    if faults:
        sheet.faults += faults
    else:
        sheet.rows.append(row)


def _refuse_doubles(sheet: Sheet, known: dict[str, tuple[int, str]]) -> None:
    """One person, one row: of two, neither is taken, because nobody can say which was meant."""
    rows_of: dict[str, list[int]] = {}
    for row in sheet.rows:
        rows_of.setdefault(row["employee_no"], []).append(row["row"])
    index, header = known["employee_no"]
    for row in sheet.rows:
        others = [number for number in rows_of[row["employee_no"]] if number != row["row"]]
        if others:
            words = {"no": row["employee_no"], "rows": _(", ").join(map(str, others[:5]))}
            reason = _("%(no)s also stands in row %(rows)s") % words
            sheet.faults.append(Fault(row["row"], letters(index), header, reason))
    sheet.rows = [row for row in sheet.rows if len(rows_of[row["employee_no"]]) == 1]
    sheet.faults.sort(key=lambda fault: fault.row)
