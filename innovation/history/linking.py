"""An imported award and the proposal of this product that it was given for: from then on it was awarded before."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from innovation.history.models import PastAward
from innovation.proposals.models import Proposal
from workflows.ledger.entries import append
from workflows.organisation import roles
from workflows.organisation.errors import Refused
from workflows.organisation.models import Person, Role


def may_link(person: Person, award: PastAward) -> bool:
    return roles.holds(person, Role.INNOVATION_OFFICER, award.workshop.path)


@transaction.atomic
def link(*, actor: Person, award: PastAward, number: str) -> None:
    """Name the proposal by its number; an empty one takes the link away. Raises Refused at "number"."""
    if not may_link(actor, award):
        raise Refused(_("Only the innovation officer of the workshop links its history."))
    award = PastAward.objects.select_for_update(of=("self",)).select_related("workshop").get(pk=award.pk)
    proposal = _proposal(award, number) if number else None
    if proposal == award.proposal:
        return
    award.link(proposal, by=actor)
    append(
        subject=f"unit:{award.workshop_id}",
        event="history.linked" if proposal else "history.unlinked",
        payload={"award": award.pk, "proposal": number, "by": actor.employee_no},
    )


def _proposal(award: PastAward, number: str) -> Proposal:
    mine = Proposal.objects.filter(case__unit__path__startswith=award.workshop.path)
    found = mine.filter(case__number=number).first()
    if found is None:
        words = {"workshop": award.workshop.name, "number": number}
        raise Refused(_("%(workshop)s has no proposal %(number)s.") % words, "number")
    return found
