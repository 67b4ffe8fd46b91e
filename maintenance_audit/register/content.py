"""What a claim template says, as plain data: the draft's form, its digest, and what differs from the one before.

{"items": [{key, kind, label, measure, tolerance, allowed, seen, severity, required}], "checks": [{text, seen}]}
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from maintenance_audit.register.models import (
    CheckItem,
    ClaimItem,
    ClaimKind,
    ClaimTemplate,
    Seen,
    Severity,
    Tolerance,
)
from workflows.ledger.canonical import canonical
from workflows.organisation.errors import Refused

Content = dict[str, list[dict[str, Any]]]
ITEM = ("key", "kind", "label", "measure", "tolerance", "allowed", "seen", "severity", "required")
MOST_ROWS = 40
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
MEASURED = (Tolerance.ABSOLUTE, Tolerance.PERCENT)


def content_of(template: ClaimTemplate) -> Content:
    items = [{name: _plain(getattr(item, name)) for name in ITEM} for item in template.items.all()]
    return {"items": items, "checks": [{"text": c.text, "seen": c.seen} for c in template.checks.all()]}


def _plain(value: Any) -> Any:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value


def digest_of(content: Content) -> str:
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def checked(content: Content) -> Content:
    """The content with keys given to those that have none. Raises Refused, naming the row."""
    items, checks = content["items"], content["checks"]
    if not items:
        raise Refused(_("A template claims at least one thing."))
    if len(items) > MOST_ROWS or len(checks) > MOST_ROWS:
        raise Refused(_("At most %(most)s rows.") % {"most": MOST_ROWS})
    keyed = list(_keyed(items))
    keys = [item["key"] for item in keyed]
    twice = next((key for key in keys if keys.count(key) > 1), "")
    if twice:
        raise Refused(_("The key %(key)s stands in two rows.") % {"key": twice})
    for place, item in enumerate(keyed, 1):
        _require_sense(place, item)
    return {"items": keyed, "checks": [{"text": c["text"], "seen": c["seen"]} for c in checks]}


def _keyed(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    used = {item["key"] for item in items}
    for item in items:
        key, n = item["key"] or item["kind"], 2
        while not item["key"] and key in used:
            key, n = f"{item['kind']}_{n}", n + 1
        used.add(key)
        yield {name: item[name] for name in ITEM} | {"key": key}


def _require_sense(place: int, item: dict[str, Any]) -> None:
    where = {"row": place, "label": item["label"]}
    if not KEY.fullmatch(item["key"]):
        raise Refused(_("Row %(row)s: the key is small Latin letters, digits and _, and begins with a letter.") % where)
    measured = item["tolerance"] in MEASURED
    if measured and item["allowed"] is None:
        raise Refused(_("Row %(row)s, %(label)s: say by how much it may differ.") % where)
    if not measured and item["allowed"] is not None:
        raise Refused(_("Row %(row)s, %(label)s: this tolerance has no amount; leave it empty.") % where)
    if item["tolerance"] != Tolerance.JUDGED and not item["measure"]:
        raise Refused(_("Row %(row)s, %(label)s: what is measured needs a unit of measure.") % where)


def rows_of(template: ClaimTemplate, content: Content) -> tuple[list[ClaimItem], list[CheckItem]]:
    """The rows to be written, in their order."""
    items = [
        ClaimItem(template=template, place=place, **item | {"allowed": _decimal(item["allowed"])})
        for place, item in enumerate(content["items"], 1)
    ]
    return items, [CheckItem(template=template, place=place, **one) for place, one in enumerate(content["checks"], 1)]


def _decimal(text: Any) -> Decimal | None:
    return None if text is None else Decimal(text)


@dataclass(frozen=True)
class Difference:
    """A row of the comparison; `old` or `new` empty where the row came or went."""

    label: str
    old: str
    new: str

    @property
    def changed(self) -> bool:
        return self.old != self.new


def differences(before: Content | None, after: Content) -> list[Difference]:
    """By key, in the order of the new one, what went at the end; checks by their words."""
    old = {item["key"]: item for item in (before or {"items": []})["items"]}
    new = {item["key"]: item for item in after["items"]}
    keys = [*new, *(key for key in old if key not in new)]
    found = [
        Difference((new.get(key) or old[key])["label"], _said_if(old.get(key)), _said_if(new.get(key))) for key in keys
    ]
    return found + list(_of_checks((before or {"checks": []})["checks"], after["checks"]))


def _of_checks(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Difference]:
    before, after = {c["text"]: c["seen"] for c in old}, {c["text"]: c["seen"] for c in new}
    for text in [*after, *(text for text in before if text not in after)]:
        yield Difference(text, *(str(Seen(side[text]).label) if text in side else "" for side in (before, after)))


def _said_if(item: dict[str, Any] | None) -> str:
    return said(item) if item else ""


def said(item: dict[str, Any]) -> str:
    """管道长度 · 工程量 · ±2 % · 现场和资料 · 一般 · 必填: one claim in a line."""
    parts = (
        item["label"], ClaimKind(item["kind"]).label,
        tolerance_words(item["tolerance"], item["allowed"], item["measure"]),
        Seen(item["seen"]).label, Severity(item["severity"]).label,
        _("required") if item["required"] else _("optional"),
    )  # fmt: skip
    return " · ".join(str(part) for part in parts)


def tolerance_words(tolerance: str, allowed: Any, measure: str) -> str:
    """±2 % (m), ±0.5 h, or that it is judged."""
    if tolerance == Tolerance.JUDGED:
        return _("judged, not measured")
    behind = f" ({measure})" if measure else ""
    if tolerance == Tolerance.EXACT:
        return _("exactly") + behind
    amount = _plain(allowed)
    return f"±{amount} %{behind}" if tolerance == Tolerance.PERCENT else f"±{amount} {measure}"
