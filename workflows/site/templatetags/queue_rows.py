"""The rows of a queue. Their template is rendered once for each shape of a row, and kept with places for its words.

Fifty rows through the template engine cost more than all else on the page. The markup stays in the template; what
differs from row to row without changing its shape is filled in here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from workflows.engine.models import Case
from workflows.engine.views.rows import Row
from workflows.site.templatetags import assay

register = template.Library()

# Places in the rendered shape, between characters of the private area. What people typed is never looked through.
PLACE = "\ue000{}\ue001"
PLACES = re.compile("\ue000([a-z_]+)\ue001")
_chip = lru_cache(maxsize=500)(assay.chip)


class Places(dict[str, SafeString]):
    def __missing__(self, name: str) -> SafeString:
        return mark_safe(PLACE.format(name))


@dataclass(frozen=True)
class Shape:
    """All that the template decides by."""

    language: str
    picking: bool
    picks: bool
    behalf: bool
    category: bool
    amount: bool
    due: bool
    verb: str


@register.simple_tag(takes_context=True)
def queue_rows(context: template.Context, rows: Iterable[Row], picking: bool = False) -> SafeString:
    printer = Printer(context, picking)
    return mark_safe("".join(map(printer.row, rows)))


class Printer:
    """What all rows of a page share is asked once."""

    def __init__(self, context: template.Context, picking: bool) -> None:
        self._context, self._picking = context, picking
        self._language = get_language() or ""
        self._token = escape(str(context.get("csrf_token", "")))
        self._clocks = assay.clocks_of(context)
        self._steps: dict[tuple[str, str], str] = {}

    def row(self, row: Row) -> str:
        picks = " ".join(row.picks)
        parts = (_parts.__wrapped__ if settings.DEBUG else _parts)(self._shape(row, picks)).copy()
        words = self._words(row, picks)
        parts[1::2] = [words[name] for name in parts[1::2]]
        return "".join(parts)

    def _shape(self, row: Row, picks: str) -> Shape:
        return Shape(
            self._language, self._picking, bool(picks), row.behalf is not None, bool(row.line.category),
            row.line.amount is not None, row.item.due_at is not None,
            "claim" if row.can_claim else "release" if row.can_release else "",
        )  # fmt: skip

    def _words(self, row: Row, picks: str) -> dict[str, str]:
        item, case, line = row.item, row.case, row.line
        return {
            "edge": row.edge,
            "item": str(item.pk),
            "picks": picks,
            "url": escape(row.url),
            "number": escape(case.number),
            "title": escape(case.title),
            "step": self._step(row),
            "category": escape(str(line.category)),
            "unit": escape(line.unit or case.unit.name),
            "author": escape(line.author or case.author.name),
            "amount": assay.money(line.amount),
            "csrf_token": self._token,
            "chip": _chip(row.state, str(row.words)),
            "clock": self._clock(row),
            "due": assay.told(item.due_at, self._clocks.teller) if item.due_at else "",
            "behalf": assay.person(self._context["request"].user, "", row.behalf) if row.behalf else "",
        }

    def _step(self, row: Row) -> str:
        key = row.case.kind, row.item.step.node
        if key not in self._steps:
            self._steps[key] = escape(row.step)
        return self._steps[key]

    def _clock(self, row: Row) -> str:
        held = row.case.state == Case.State.HELD
        remind_at = row.item.step.remind_at
        unit = None if held else row.clock_unit
        return assay.clock_chip(self._context, row.item.due_at, None, remind_at, held, unit, row.by_days)


@lru_cache(maxsize=500)
def _parts(shape: Shape) -> list[str]:
    """Text and names of places in turn. Under DEBUG the template is read anew, as others are."""
    places = Places()
    known = {"shape": shape, "row": places, "csrf_token": places["csrf_token"]}
    return PLACES.split(get_template("engine/_queue_row.html").template.render(template.Context(known)))  # type: ignore[attr-defined]
