"""The words of this app's notices and of its entries in the ledger."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from workflows.engine.independence import register_relation
from workflows.ledger.subjects import register_events
from workflows.notices import topics
from workflows.notices.wording import register as say

WORDS: dict[str, tuple[Any, Any, topics.Topic]] = {
    "maintenance_audit.inspection.replaced": (
        _("Somebody else inspects now: %(title)s"),
        _("%(why)s"),
        topics.PROGRESS,
    ),
    "maintenance_audit.safety.sent": (_("Danger: %(place)s, %(section)s"), _("%(danger)s"), topics.WAITING),
    "maintenance_audit.safety.acknowledged": (
        _("%(who)s acknowledged your safety notice: %(place)s"),
        "",
        topics.PROGRESS,
    ),
}
URGENT = {"maintenance_audit.safety.sent"}
EVENTS = {
    "maintenance_audit.inspection.sealed": _("Record sealed"),
    "maintenance_audit.inspection.opened": _("Record opened"),
    "maintenance_audit.records.compared": _("Both records compared"),
    "maintenance_audit.claim.ruled": _("Claim ruled"),
    "maintenance_audit.safety.sent": _("Safety notice sent"),
    "maintenance_audit.safety.acknowledged": _("Safety notice acknowledged"),
}


def register() -> None:
    register_relation("inspected_case", _("%(person)s inspected the job of this case."))
    for event, (title, body, topic) in WORDS.items():
        say(event, title=title, body=body, topic=topic, urgent=event in URGENT)
    register_events(EVENTS)
