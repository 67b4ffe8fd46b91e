"""The words of a circle's notice and of its entries in the ledger."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows.ledger.subjects import register_events
from workflows.notices.wording import register as say


def register() -> None:
    say("maintenance_audit.circle.accepted", title=_("The circle's result is accepted: %(number)s %(title)s"))
    register_events({"maintenance_audit.circle.accepted": _("The circle's result accepted")})
