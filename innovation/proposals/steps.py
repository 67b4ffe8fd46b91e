"""What the steps after a decision write about the proposal. Each runs inside its holder's turn, under the lock."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from innovation.proposals import course
from innovation.proposals.models import Problem, Proposal
from workflows.engine.models import CaseParty
from workflows.engine.turn import Turn
from workflows.engine.work_forms import keep_photos
from workflows.ledger.clock import now
from workflows.organisation.models import Person


def arrange(held: Turn, *, implementer: Person, due: date) -> None:
    """Name who carries it out and until when. Whoever does so takes no part in confirming what it brought."""
    party = CaseParty(case=held.case, person=implementer, relation="implementer")
    CaseParty.objects.bulk_create([party], ignore_conflicts=True)
    held.case.party_ids = None
    proposal_of(held).plan(implementer=implementer, due=due)
    held.case.standing = proposal_of(held).status
    held.complete(data={"implementer": implementer.employee_no, "due": due.isoformat()})


def implement(
    held: Turn, *, note: str, photos: Iterable[UploadedFile], also_solves: Collection[Problem] | None = None
) -> None:
    """It has been done: what, the photos that show it, and which other problems it solves (None = as said before)."""
    kept = keep_photos(held, photos)
    proposal_of(held).implement(note=note, at=now())
    held.case.standing = "implemented"
    said: dict[str, Any] = {"documents": kept}
    if also_solves is not None:
        proposal_of(held).also_solves.set(also_solves)
        said["also_solves"] = sorted(problem.number for problem in also_solves)
    held.complete(note, data=said)


def report_effect(held: Turn, *, saving: Decimal, added_cost: Decimal, investment: Decimal, note: str) -> None:
    """State the measured sums; finance or the chief confirms them."""
    proposal_of(held).report_effect(saving=saving, added_cost=added_cost, investment=investment)
    if held.step.resume_at == "chief_check" and course.needs_finance(held.case):
        # Corrected beyond the threshold: who confirms it is asked anew, whoever returned it.
        held.step.resume_at = ""
        held.step.save(update_fields=["resume_at"])
    sums = {"saving": str(saving), "added_cost": str(added_cost), "investment": str(investment)}
    held.complete(note, data=sums)


def proposal_of(held: Turn) -> Proposal:
    return held.case.proposal  # type: ignore[attr-defined,no-any-return]
