"""The words of the round's notices and of its entries in the ledger."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows.ledger.subjects import register_events
from workflows.notices.wording import register as say

WORDS = {
    "award.round.announced": _("The awards of %(month)s hang out: %(workshop)s"),
    "award.round.published": _("Your award of %(month)s is paid out: %(workshop)s"),
    "award.round.nobody": _("The award round of %(month)s waits for an innovation officer: %(workshop)s"),
}
EVENTS = {
    "award.judges.seated": _("Judges seated"),
    "award.judges.late": _("Judges who did not mark in time"),
    "award.marks.sealed": _("A judge's marks sealed"),
    "award.mark.refused": _("A recused judge tried to mark"),
    "award.marks.opened": _("All marks opened"),
    "award.candidate.added": _("Candidate put in by hand"),
    "award.candidate.removed": _("Candidate taken out"),
    "award.scoring.closed_short": _("Marks opened without the quorum"),
    "award.round.ranked": _("Ranked and graded"),
    "award.round.announced": _("Notice hung out"),
    "award.round.confirmed": _("Awards confirmed"),
    "award.payments.listed": _("Pay-out list drawn up"),
    "award.round.published": _("Round published"),
    "award.voided": _("Award voided"),
    "award.payment.reversal": _("Payment reversed"),
    "award.payment.claw_back": _("Claw-back"),
}


def register() -> None:
    for event, words in WORDS.items():
        say(event, title=words)
    register_events(EVENTS)
