"""Roster files as people and attackers make them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date

from openpyxl import Workbook, load_workbook

HEAD = ("工号", "姓名", "单位编码", "岗位", "邮箱", "入职日期")


def xlsx(*rows: Sequence[object], head: Sequence[object] = HEAD, merge: str = "") -> bytes:
    book = Workbook()
    page = book.active
    page.append(list(head))
    for row in rows:
        page.append(list(row))
    if merge:
        page.merge_cells(merge)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def csv(*rows: Sequence[str], head: Sequence[str] = HEAD, encoding: str = "utf-8") -> bytes:
    return "\r\n".join(",".join(row) for row in (head, *rows)).encode(encoding)


def rezipped(content: bytes, **changed: bytes) -> bytes:
    """The same workbook with parts replaced or added; `__` in a name is `/`, `_dot_` is `.`."""
    parts = {name.replace("__", "/").replace("_dot_", "."): body for name, body in changed.items()}
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, body in parts.items():
            new.writestr(name, body)
    return target.getvalue()


def sheet_of(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


def read_back(content: bytes) -> list[list[object]]:
    return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(content)).active.iter_rows()]


A_DAY = date(2020, 3, 1)
