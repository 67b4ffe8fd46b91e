"""Pictures and spreadsheet of what circles came to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from maintenance_audit.circles.figures import Figure, Line
from workflows.reports.process.pictures import Bar, Picture, bars
from workflows.reports.spreadsheet import Column, Sheet


def picture(lines: Sequence[Line]) -> Picture | None:
    """Registered; in the second colour, those of them whose result is accepted."""
    total = {"n": sum(one.registered for one in lines), "accepted": sum(one.accepted for one in lines)}
    found = [Bar(one.name, f"{one.registered} · {one.accepted}", one.registered, one.accepted) for one in lines]
    return bars(found, _("Of %(n)s circles registered the result of %(accepted)s is accepted.") % total, "f4", "f2")


def sheets(figure: Figure) -> Iterable[Sheet]:
    columns = [
        Column(pgettext("circles", "Registered"), 10), Column(_("Under way"), 10), Column(_("Result accepted"), 12),
        Column(_("Ended otherwise"), 12), Column(_("People"), 10), Column(_("Mean mark"), 10),
    ]  # fmt: skip
    yield Sheet(_("By unit"), [Column(_("Unit"), 24), *columns], map(_cells, figure.units))
    yield Sheet(_("By year"), [Column(_("Year"), 10), *columns], map(_cells, figure.years))


def _cells(line: Line) -> list[Any]:
    mean = float(line.mean) if line.mean else None
    return [line.name, line.registered, line.under_way, line.accepted, line.over, line.members, mean]
