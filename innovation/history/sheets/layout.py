"""The two sheets of a history file, and their columns by Chinese or English header."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

Text = str | Promise


@dataclass(frozen=True)
class Layout:
    """`names`: of the sheet. `columns`: key → headers, bare. `required`: of the columns, and of each row."""

    key: str
    names: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]
    required: tuple[str, ...]
    spoken: dict[str, Text]

    def said(self, key: str) -> str:
        return str(self.spoken[key])


AWARDS = Layout(
    key="awards",
    names=("获奖", "Awards", "awards"),
    columns={
        "number": ("编号", "获奖编号", "提案编号", "number", "no"),
        "title": ("名称", "项目名称", "题目", "提案名称", "title"),
        "month": ("年月", "获奖年月", "月份", "yearmonth", "month"),
        "unit": ("单位", "单位编码", "单位代码", "班组", "unit", "unitcode"),
        "authors": ("作者", "完成人", "主要完成人", "authors"),
        "grade": ("等级", "奖级", "获奖等级", "grade"),
        "amount": ("奖金", "金额", "奖金元", "amount"),
        "problems": ("难题编号", "解决难题", "problemnumbers", "problems"),
        "saving": ("核定效益", "已核定效益", "核定节约", "年效益", "verifiedsaving", "saving"),
        "done": ("做法", "内容", "主要内容", "whatwasdone", "done"),
    },
    required=("title", "month", "unit", "authors", "grade"),
    spoken={
        "number": pgettext_lazy("column", "Number"),
        "title": pgettext_lazy("column", "Title"),
        "month": pgettext_lazy("column", "Year-month"),
        "unit": pgettext_lazy("column", "Unit"),
        "authors": pgettext_lazy("column", "Authors"),
        "grade": pgettext_lazy("column", "Grade"),
        "amount": pgettext_lazy("column", "Amount"),
        "problems": pgettext_lazy("column", "Problem numbers"),
        "saving": pgettext_lazy("column", "Verified saving"),
        "done": pgettext_lazy("column", "What was done"),
    },
)
PROBLEMS = Layout(
    key="problems",
    names=("难题", "Problems", "problems"),
    columns={
        "number": ("编号", "难题编号", "number", "no"),
        "title": ("名称", "难题名称", "题目", "title"),
        "description": ("描述", "说明", "内容", "description"),
        "unit": ("单位", "单位编码", "单位代码", "unit", "unitcode"),
        "state": ("状态", "state", "status"),
    },
    required=("number", "title", "unit"),
    spoken={
        "number": pgettext_lazy("column", "Number"),
        "title": pgettext_lazy("column", "Title"),
        "description": pgettext_lazy("column", "Description"),
        "unit": pgettext_lazy("column", "Unit"),
        "state": pgettext_lazy("column", "State"),
    },
)
LAYOUTS = (AWARDS, PROBLEMS)


def layout_of(sheet: str) -> Layout | None:
    return next((layout for layout in LAYOUTS if sheet in layout.names), None)
