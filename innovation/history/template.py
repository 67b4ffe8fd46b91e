"""The file to fill in: two sheets with their heads, one row each to show how."""

from __future__ import annotations

from innovation.history.sheets.layout import AWARDS, PROBLEMS, Layout
from workflows.reports.spreadsheet import Column, Sheet, workbook_of

AWARD = ["HJ-2024-018", "浸出槽搅拌桨加导流筒", "2024-03", "{unit}", "韩铸/10001:5；陆锍/10002:3", "二等奖", "2000.00",
         "NT-A-07", "186000.00", "加装导流筒，搅拌电流降 12%"]  # fmt: skip
PROBLEM = ["NT-A-07", "浸出槽搅拌死角结垢", "每月停槽清理一次，影响处理量", "{unit}", "已解决"]


def content(unit_code: str) -> bytes:
    """`unit_code`: of a unit that is there, so that the sample row reads as it should."""
    return workbook_of([_sheet(AWARDS, AWARD, unit_code), _sheet(PROBLEMS, PROBLEM, unit_code)])


def _sheet(layout: Layout, sample: list[str], unit_code: str) -> Sheet:
    head = [Column(names[0], 40 if key in ("title", "authors", "done", "description") else 16)
            for key, names in layout.columns.items()]  # fmt: skip
    return Sheet(layout.names[0], head, [[cell.replace("{unit}", unit_code) for cell in sample]])
