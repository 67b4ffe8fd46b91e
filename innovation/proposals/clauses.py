"""A version of the proposal rules as clauses that people read and compare."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from innovation.proposals.models import Category, Level
from innovation.proposals.rules import CATEGORIES, ESCALATE
from workflows.engine.kinds import Clauses
from workflows.engine.models.step import Mode


def of(content: Mapping[str, Any]) -> list[Clauses]:
    return [
        Clauses(_("Signing and deadlines"), [row for level in content["levels"] for row in _level(level)]),
        Clauses(_("Ceilings of authority"), _ceilings(content)),
        Clauses(_("Thresholds and other times"), _rest(content)),
    ]


def _level(rule: Mapping[str, Any]) -> list[tuple[str, str]]:
    name = str(Level(rule["level"]).label)
    mode = str(Mode(rule["mode"]).label)
    if rule["mode"] == "vote":
        mode = _("%(mode)s, quorum %(quorum)s, passes at %(share)s") % {
            "mode": mode, "quorum": rule.get("quorum"), "share": rule.get("pass_share"),
        }  # fmt: skip
    return [
        (_("%(level)s: how it is signed") % {"level": name}, mode),
        (_("%(level)s: deadline") % {"level": name}, hours(rule["deadline_hours"])),
        (_("%(level)s: reminder after") % {"level": name}, hours(rule["remind_hours"])),
        (_("%(level)s: escalates after the deadline by") % {"level": name}, _escalates(rule)),
        (
            _("%(level)s: several at once") % {"level": name},
            _("may be approved together") if rule.get("batch") else _("one by one"),
        ),
    ]


def _ceilings(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    for level in content["levels"][:-1]:
        for category in CATEGORIES:
            ceiling = content["ceilings"][level["level"]][category]
            where = {"level": Level(level["level"]).label, "category": Category(category).label}
            found.append((_("%(level)s · %(category)s · benefit") % where, _limit(ceiling["benefit"])))
            found.append((_("%(level)s · %(category)s · cost") % where, _limit(ceiling["cost"])))
    return found


def _limit(value: Any) -> str:
    return _("no limit") if value in ("none", None) else f"¥{Decimal(str(value)):,.2f}"


def _rest(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    years, months = content.get("investment_years", 3), content.get("reverify_months", 12)
    return [
        (_("Finance verifies above"), _limit(content["finance_threshold"])),
        (_("Investment is spread over"), ngettext("%(n)s year", "%(n)s years", years) % {"n": years}),
        (_("Looked at again after"), ngettext("%(n)s month", "%(n)s months", months) % {"n": months}),
        *((str(label), hours(content.get(name, 40))) for name, label in times().items()),
        (_("Reminder before those deadlines"), _reminder(content.get("work_remind_hours"))),
        (_("Escalation after those deadlines"), hours(content.get("work_escalate_hours", ESCALATE))),
    ]


def _escalates(rule: Mapping[str, Any]) -> str:
    if rule["mode"] == "vote":
        return _("at the deadline, if the quorum is missing")
    return hours(rule.get("escalate_hours", ESCALATE))


def _reminder(before: int | None) -> str:
    return _("a quarter of the time") if before is None else hours(before)


def times() -> dict[str, str]:
    return {
        "revise_hours": _("To mend a returned proposal"),
        "appeal_hours": _("To appeal"),
        "arrange_hours": _("To arrange the implementation"),
        "implement_report_hours": _("To report the effect"),
        "verify_hours": _("To verify the effect"),
    }


def hours(n: int) -> str:
    return ngettext("%(n)s working hour", "%(n)s working hours", n) % {"n": n}
