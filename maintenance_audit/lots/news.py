"""The words of the lot's notices and of its entries in the ledger; who reads the chain of a pointing: nobody."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows.ledger.subjects import register_events
from workflows.notices.wording import register as say

WORDS = {
    "maintenance_audit.draw.short": _("%(lot)s: %(n)s forms have no independent inspector; ask for a waiver"),
    "maintenance_audit.tier.sealed": _("%(lot)s: the last record of tier %(tier)s is sealed"),
    "maintenance_audit.lot.accepted": _("%(lot)s of %(contractor)s is accepted"),
    "maintenance_audit.lot.not_accepted": _("%(lot)s of %(contractor)s is not accepted"),
}
EVENTS = {
    "maintenance_audit.lot.frozen": _("Lot frozen"),
    "maintenance_audit.lot.void": _("Empty lot, void"),
    "maintenance_audit.nonce.committed": _("Commitments handed in"),
    "maintenance_audit.nonce.revealed": _("Nonce revealed"),
    "maintenance_audit.nonce.withheld": _("Nonce withheld"),
    "maintenance_audit.job.withdrawn": _("Job withdrawn from the lot"),
    "maintenance_audit.job.not_shown": _("Job could not be shown"),
    "maintenance_audit.job.pointed_at": _("Workers pointed at a job"),
    "maintenance_audit.draw.drawn": _("Jobs drawn"),
    "maintenance_audit.draw.inspectors": _("Inspectors drawn"),
    "maintenance_audit.inspector.replaced": _("Inspector replaced"),
    "maintenance_audit.record.sealed": _("A record is sealed"),
    "maintenance_audit.tier.sealed": _("The tier's last record is sealed"),
    "maintenance_audit.result.concluded": _("Result of a drawn job"),
    "maintenance_audit.result.revised": _("Result of a drawn job changed"),
    "maintenance_audit.lot.decided": _("Lot decided"),
    "maintenance_audit.inspection.switched": _("Switching of the contractor's inspection"),
}


def register() -> None:
    for event, words in WORDS.items():
        say(event, title=words)
    register_events(EVENTS)
