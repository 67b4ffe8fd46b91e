"""The words of re-verification's notices and of its entries in the ledger."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows.ledger.subjects import register_events
from workflows.notices.wording import register as say

WORDS = {
    "reverification.short": _("Re-verified below what was booked: %(number)s %(title)s"),
    "reverification.kept": _("Reviewed, the award is kept: %(number)s %(title)s"),
    "reverification.clawed_back": _("Reviewed, the award is taken back in the next list: %(number)s %(title)s"),
}
EVENTS = {
    "reverification.booked": _("Re-verified benefit booked"),
    "reverification.kept": _("Award kept"),
    "reverification.clawed_back": _("Award taken back"),
}


def register() -> None:
    for event, words in WORDS.items():
        say(event, title=words)
    register_events(EVENTS)
