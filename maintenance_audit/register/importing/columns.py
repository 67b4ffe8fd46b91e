"""The columns of an equipment file, by their Chinese or English headers, and what a cell of each means."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from workflows.organisation.spreadsheets import intake, table
from workflows.organisation.spreadsheets.cells import Cell
from workflows.organisation.spreadsheets.table import Table
from workflows.organisation.spreadsheets.values import NotBelieved, refuse_kind, text_of

NAMES = {
    "tag": ("位号", "设备位号", "设备编号", "tag", "equipmenttag", "tagno"),
    "name": ("名称", "设备名称", "name", "equipmentname"),
    "section": ("工段编码", "工段代码", "所属工段编码", "单位编码", "sectioncode", "unitcode"),
    "place": ("位置", "安装位置", "地点", "place", "location"),
}
REQUIRED = ("tag", "name", "section")
LENGTHS = {"tag": 60, "name": 80, "section": 40, "place": 120}


def spoken(key: str) -> str:
    return {
        "tag": pgettext("column", "Tag"), "name": pgettext("column", "Name"),
        "section": pgettext("column", "Section code"), "place": pgettext("column", "Place"),
    }[key]  # fmt: skip


def meant(key: str, cell: Cell) -> str:
    refuse_kind(cell)
    text = text_of(cell.value)
    if key in ("tag", "section"):
        text = unicodedata.normalize("NFKC", text)
    if len(text) > LENGTHS[key]:
        raise NotBelieved(_("%(n)s characters; at most %(most)s") % {"n": len(text), "most": LENGTHS[key]})
    if text.startswith(("=", "+", "@")):
        raise NotBelieved(_("a formula; write the value itself"))
    if key == "tag" and (" " in text or "|" in text):
        raise NotBelieved(_("a tag is written in one word, without spaces and |"))
    return text


def read(content: bytes) -> Table:
    """Raises Refused at the field "file" when the file as a whole cannot be used."""
    return table.read(intake.grid(content), NAMES, required=REQUIRED, spoken=spoken, meant=meant, once="tag")
