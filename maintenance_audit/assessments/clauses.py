"""A version of the assessment rules as clauses that people read and compare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maintenance_audit.assessments.rules import TIMES
from workflows.engine.kinds import Clauses
from workflows.organisation.models import Role

TIME_WORDS = {
    "score_hours": gettext_lazy("To score (working hours)"),
    "reply_days": gettext_lazy("To reply (working days)"),
    "confirm_hours": gettext_lazy("To confirm (working hours)"),
    "rectify_days": gettext_lazy("To put a problem right (days)"),
    "verify_hours": gettext_lazy("To check what was put right (working hours)"),
    "escalate_hours": gettext_lazy("Escalates when late by (working hours)"),
}


def role_words(role: str) -> str:
    return str(dict(Role.choices).get(role, role))


def clauses(content: Mapping[str, Any]) -> list[Clauses]:
    return [
        Clauses(_("Checklist of sections"), _items(content["sections"])),
        Clauses(_("Checklist of contractors"), _items(content["contractors"])),
        Clauses(_("Grades and what they mean"), [(grade["name"], _grade(grade)) for grade in content["grades"]]),
        Clauses(_("Responsibility list"), [(d["control"], _duty(d)) for d in content["duties"]]),
        Clauses(_("Times and limits"), [(str(TIME_WORDS[name]), str(content[name])) for name in TIMES]),
    ]


def _items(rows: list[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return [
        (row["text"], ngettext("%(n)s point", "%(n)s points", row["points"]) % {"n": row["points"]}) for row in rows
    ]


def _grade(row: Mapping[str, Any]) -> str:
    return _("from %(minimum)s%%: %(effect)s") % {"minimum": row["minimum"], "effect": row["effect"]}


def _duty(row: Mapping[str, Any]) -> str:
    return f"{role_words(row['role'])} · {row['often']}"
