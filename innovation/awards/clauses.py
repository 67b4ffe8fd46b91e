"""A version of the award rules as clauses that people read and compare."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from workflows.engine.kinds import Clauses

OVER = {
    "scale": gettext_lazy("every award is scaled down alike"),
    "wait": gettext_lazy("the lowest grades wait for a later round"),
}
TIMES = {
    "select_hours": gettext_lazy("To check the candidates"),
    "score_hours": gettext_lazy("To score"),
    "substitute_hours": gettext_lazy("To draw substitute judges"),
    "rank_hours": gettext_lazy("To check the ranking"),
    "confirm_hours": gettext_lazy("To confirm"),
    "pay_hours": gettext_lazy("To pay out"),
}


def clauses(content: Mapping[str, Any]) -> list[Clauses]:
    return [
        Clauses(_("Criteria and weights"), [(c["label"], str(c["weight"])) for c in content["criteria"]]),
        Clauses(_("Grades"), [(grade["name"], _grade(grade)) for grade in content["grades"]]),
        Clauses(_("Quorum and budget"), _limits(content)),
        Clauses(_("Periods"), _periods(content)),
    ]


def _grade(grade: Mapping[str, Any]) -> str:
    places = grade["places"]
    return _("from %(minimum)s points, ¥%(amount)s each, %(places)s") % {
        "minimum": grade["minimum"],
        "amount": f"{Decimal(grade['amount']):,.2f}",
        "places": _("as many as there are")
        if places is None
        else ngettext("%(n)s place", "%(n)s places", places) % {"n": places},
    }


def _limits(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    ceiling = content.get("ceiling")
    return [
        (_("Marks that a candidate needs"), str(content["quorum"])),
        (_("Ceiling of a round"), _("none") if ceiling is None else f"¥{Decimal(ceiling):,.2f}"),
        (_("Above the ceiling"), str(OVER[content["over"]])),
        (_("Scored once without a grade"), _("a candidate again") if content.get("again", True) else _("not again")),
    ]


def _periods(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    days = content["publicity_days"]
    hours = [
        (str(label), ngettext("%(n)s working hour", "%(n)s working hours", content[name]) % {"n": content[name]})
        for name, label in TIMES.items()
    ]
    return [(_("Publicity"), ngettext("%(n)s working day", "%(n)s working days", days) % {"n": days}), *hours]
