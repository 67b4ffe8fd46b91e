"""The register's lists as spreadsheets. Equipment goes out in the columns that its import reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from maintenance_audit.register.models import ClaimTemplate, Contractor, Equipment
from workflows.ledger.clock import now
from workflows.reports.spreadsheet import Column, Sheet, download, workbook, workbook_of


def equipment(rows: Iterable[Equipment]) -> HttpResponse:
    head = [*equipment_head(), Column(_("State"), 10)]
    said = ([e.tag, e.name, e.unit.code, e.place, e.unit.name, _state(e.is_active)] for e in rows)
    return _sent("equipment", _("Equipment"), [*head[:4], Column(_("Section name"), 18), head[4]], said)


def equipment_head() -> list[Column]:
    return [Column(pgettext("column", "Tag")), Column(pgettext("column", "Name"), 30),
            Column(pgettext("column", "Section code")), Column(pgettext("column", "Place"), 24)]  # fmt: skip


def equipment_template() -> HttpResponse:
    sample = [["SSL-203", "强制循环泵 A", "RL-SSL", "锅炉间一层"]]
    return download("equipment-template", workbook(_("Equipment"), equipment_head(), sample))


def codes(name: str, title: str, rows: Iterable[Any]) -> HttpResponse:
    head = [Column(_("Code")), Column(pgettext("column", "Name"), 30), Column(_("State"), 10)]
    return _sent(name, title, head, ([row.code, row.name, _state(row.is_active)] for row in rows))


def contractors(rows: Iterable[Contractor]) -> HttpResponse:
    head = [Column(_("Code")), Column(pgettext("column", "Name"), 24), Column(_("Licensed for"), 40),
            Column(_("Licence valid until"), 14), Column(_("Contact"), 18), Column(_("State"), 10)]  # fmt: skip
    said = ([c.unit.code, c.unit.name, c.scope, c.valid_until, c.contact, _state(c.unit.is_active)] for c in rows)
    return _sent("contractors", _("Contractors"), head, said)


def templates(found: Iterable[ClaimTemplate]) -> HttpResponse:
    """Two sheets: what is claimed, and the checklists; versions in force with their rows."""
    rows = list(found)
    head = [Column(_("Kind of work"), 18), Column(_("Version"), 8)]
    items = [
        [t.work_kind.name, t.version, i.key, i.get_kind_display(), i.label, i.measure, i.get_tolerance_display(),
         i.allowed, i.get_seen_display(), i.get_severity_display(), _("yes") if i.required else _("no")]
        for t in rows for i in t.items.all()
    ]  # fmt: skip
    words = (
        (_("Key"), 16), (_("Kind of claim"), 16), (_("What is claimed"), 30), (_("Unit of measure"), 10),
        (_("Tolerance"), 18), (_("May differ by"), 10), (_("Can be checked"), 14), (_("If it is not so"), 12),
        (_("Has to be claimed"), 10),
    )  # fmt: skip
    claimed = [*head, *(Column(title, width) for title, width in words)]
    checks = [[t.work_kind.name, t.version, c.text, c.get_seen_display()] for t in rows for c in t.checks.all()]
    looked = [*head, Column(_("What to look at"), 50), Column(_("Can be checked"), 14)]
    sheets = [Sheet(_("Claims"), claimed, items), Sheet(_("Checklist"), looked, checks)]
    return download(f"templates-{_day()}", workbook_of(sheets))


def _sent(name: str, title: str, head: list[Column], rows: Iterable[list[Any]]) -> HttpResponse:
    return download(f"{name}-{_day()}", workbook(title, head, rows))


def _day() -> str:
    return f"{timezone.localdate(now()):%Y%m%d}"


def _state(active: bool) -> str:
    return _("in use") if active else _("retired")
