"""What the ledger says about a person or a unit, in words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from workflows.ledger.models import Entry
from workflows.ledger.subjects import event_words
from workflows.organisation.models import Person, Role, Unit

SHOWN = 50


@dataclass(frozen=True)
class Line:
    seq: int
    digest: str
    at: datetime
    actor: Person | None
    words: str


def of(subject: str) -> list[Line]:
    """The newest entries of the subject's chain, three statements however many. Ties are their declarer's alone."""
    entries = list(
        Entry.objects.filter(chain__subject=subject, payload__body__isnull=False)
        .exclude(event__startswith="organisation.tie.")
        .select_related("payload")
        .order_by("-seq")[:SHOWN]
    )
    read = [(entry, json.loads(entry.payload.body or "{}")) for entry in entries]
    people = Person.objects.in_bulk({p[key] for _e, p in read for key in ("actor", "other") if p.get(key)})
    units = Unit.objects.in_bulk({u for _e, p in read for u in _units_in(p)})
    return [Line(e.seq, e.digest, e.at, people.get(p.get("actor")), _words(e.event, p, units, people)) for e, p in read]


def _units_in(payload: dict[str, Any]) -> set[int]:
    values = (payload.get(key) for key in ("unit", "before", "after", "parent"))
    return {value for value in values if isinstance(value, int)}


def _words(event: str, payload: dict[str, Any], units: dict[int, Unit], people: dict[int, Person]) -> str:
    """Events of other apps on the same chain are called as these say."""
    words = VERBS.get(event.removeprefix("organisation."))
    if words is None:
        changes = _changes(payload)
        return f"{event_words(event)}: {changes}" if changes else event_words(event)
    return words() % {
        "unit": units.get(payload.get("unit") or 0, "—"),
        "before": units.get(payload["before"], "—") if isinstance(payload.get("before"), int) else "—",
        "after": units.get(payload["after"], "—") if isinstance(payload.get("after"), int) else "—",
        "role": dict(Role.choices).get(payload.get("role", ""), ""),
        "changed": _changes(payload),
        "other": people.get(payload.get("other") or 0, "—"),
    }


def _changes(payload: dict[str, Any]) -> str:
    before, after = payload.get("before"), payload.get("after")
    if not isinstance(before, dict) or not isinstance(after, dict):
        return ""
    return _(", ").join(
        f"{before.get(key) or '—'} → {value or '—'}" for key, value in after.items() if before.get(key) != value
    )


VERBS = {
    "person.created": lambda: _("made the account, at %(unit)s"),
    "person.amended": lambda: _("changed %(changed)s"),
    "person.moved": lambda: _("moved from %(before)s to %(after)s"),
    "person.deactivated": lambda: _("closed the account"),
    "person.reactivated": lambda: _("opened the account again"),
    "person.password_reset": lambda: _("gave a new first password"),
    "person.password_changed": lambda: _("changed the password"),
    "factor.added": lambda: _("added a second factor"),
    "factor.removed": lambda: _("removed a second factor"),
    "factor.codes_drawn": lambda: _("drew new recovery codes"),
    "factor.recovery_code_used": lambda: _("used a recovery code"),
    "factor.reset": lambda: _("reset the second factor"),
    "session.ended": lambda: _("signed a device out"),
    "session.others_ended": lambda: _("signed all other devices out"),
    "sign_in.second_factor_required": lambda: _("made a second factor a requirement for upper roles"),
    "sign_in.second_factor_optional": lambda: _("left the second factor to each one"),
    "role.granted": lambda: _("granted the role %(role)s at %(unit)s"),
    "role.ended": lambda: _("ended the role %(role)s at %(unit)s"),
    "absence.declared": lambda: _("declared an absence, with %(other)s as substitute"),
    "absence.ended": lambda: _("ended the absence"),
    "token.issued": lambda: _("made a token for a program"),
    "token.revoked": lambda: _("revoked a token"),
    "unit.created": lambda: _("made the unit"),
    "unit.renamed": lambda: _("changed %(changed)s"),
    "unit.moved": lambda: _("moved from %(before)s to %(after)s"),
    "unit.deactivated": lambda: _("closed the unit"),
    "unit.reactivated": lambda: _("opened the unit again"),
    "unit.fallback_named": lambda: _("named another fallback person"),
}
