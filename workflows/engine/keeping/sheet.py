"""A year's days from a spreadsheet: columns date, working, note; each row that cannot be read is named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from workflows.organisation.errors import Refused
from workflows.organisation.spreadsheets import intake, values
from workflows.organisation.spreadsheets.cells import Cell, Fault, letters
from workflows.organisation.spreadsheets.columns import bare

NAMES = {
    "date": ("日期", "date", "day"),
    "is_working": ("上班", "是否上班", "工作日", "working", "isworking", "work"),
    "note": ("说明", "备注", "节日", "note", "holiday"),
}
YES = {"是", "班", "上班", "工作日", "y", "yes", "1", "true", "work"}
NO = {"否", "休", "休息", "放假", "n", "no", "0", "false", "off"}
MOST = 800  # two years and a little


@dataclass
class Sheet:
    """`rows`: {"date": "2027-01-01", "is_working": False, "note": "元旦"}, each date once."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read(content: bytes) -> Sheet:
    """Raises Refused at the field "file" when the file as a whole cannot be used."""
    grid = intake.grid(content)
    if len(grid) > MOST + 1:
        raise Refused(_("More than %(most)s rows. Split the file.") % {"most": MOST}, "file")
    columns = _columns(grid[0][1])
    sheet = Sheet()
    seen: dict[str, int] = {}
    for number, cells in grid[1:]:
        _take(sheet, seen, number, cells, columns)
    if not sheet.rows and not sheet.faults:
        raise Refused(_("Below the header there are no rows."), "file")
    return sheet


def _columns(head: list[Cell]) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for index, cell in enumerate(head):
        header = " ".join(str(cell.value or "").split())[:60]
        key = next((k for k, names in NAMES.items() if bare(header) in names), None)
        if key is not None and key not in found:
            found[key] = (index, header)
    if "date" not in found or "is_working" not in found:
        raise Refused(_("The first row has to name the columns 日期 (date) and 上班 (working)."), "file")
    return found


def _take(
    sheet: Sheet, seen: dict[str, int], number: int, cells: list[Cell], columns: dict[str, tuple[int, str]]
) -> None:
    row: dict[str, Any] = {"note": ""}
    for key, (index, header) in columns.items():
        cell = cells[index] if index < len(cells) else Cell()
        try:
            row[key] = _meant(key, cell)
        except values.NotBelieved as reason:
            sheet.faults.append(Fault(number, letters(index), header, str(reason)))
            return
    if row["date"] in seen:
        index, header = columns["date"]
        words = _("%(day)s also stands in row %(row)s") % {"day": row["date"], "row": seen[row["date"]]}
        sheet.faults.append(Fault(number, letters(index), header, words))
        return
    seen[row["date"]] = number
    sheet.rows.append(row)


def _meant(key: str, cell: Cell) -> Any:
    if cell.kind == "merged":
        raise values.NotBelieved(_("merged cells; unmerge them and fill each one"))
    if cell.kind != "plain":
        raise values.NotBelieved(_("a formula; write the value itself"))
    if key == "date":
        day = values.day_of(cell.value)
        if not day:
            raise values.NotBelieved(_("is empty"))
        return day
    text = " ".join(str("" if cell.value is None else cell.value).split())
    if key == "note":
        return text[:60]
    return _yes(text, cell.value)


def _yes(text: str, value: object) -> bool:
    plain = {"1.0": "1", "0.0": "0"}.get(text, bare(text))
    if plain in YES:
        return True
    if plain in NO:
        return False
    raise values.NotBelieved(_("%(value)s is neither yes nor no") % {"value": values.shown(value or "—")})


def template_rows(days: Iterable[Any]) -> list[list[Any]]:
    return [[day.date, "是" if day.is_working else "否", day.note] for day in days]
