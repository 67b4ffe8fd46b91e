"""How the notices' events in the ledger are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows.ledger.subjects import register_events

EVENTS = {
    "notices.robot.added": _("Group robot added"),
    "notices.robot.changed": _("Group robot changed"),
    "notices.robot.stopped": _("Group robot stopped"),
    "notices.robot.started": _("Group robot started again"),
    "notices.discarded": _("Undelivered notice discarded"),
}


def register() -> None:
    register_events(EVENTS)
