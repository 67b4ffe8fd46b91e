"""Re-verifications are opened by the calendar: one a proposal, whoever calls and however often."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from uuid import NAMESPACE_URL, uuid5

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from innovation.proposals.models import Authorship, Proposal
from innovation.reverification import course
from innovation.reverification.models import Reverification
from workflows.engine.errors import BadMove
from workflows.engine.models import Case, Decision
from workflows.engine.opening import open_case
from workflows.ledger.clock import now
from workflows.notices import sentences

log = logging.getLogger(__name__)
KIND = "reverification"
TITLE = gettext_noop("Re-verification: %(title)s")
OPENING = 0x72657665  # "reve"
REVIEWS = ("team_review", "section_review", "workshop_review", "appeal_panel")
LONGEST_TITLE = 120


def open_due() -> list[Reverification]:
    """Open each that has come due and is not there yet, after a long silence all of them, the oldest first."""
    today = timezone.localdate(now())
    due = Proposal.objects.filter(status=Proposal.Status.VERIFIED, reverify_on__lte=today, reverification=None)
    opened = (open_for(pk) for pk in list(due.order_by("reverify_on", "pk").values_list("pk", flat=True)))
    return [row for row in opened if row is not None]


def open_for(proposal_id: int) -> Reverification | None:
    """The proposal's re-verification, opened now; None if there is one, or if nobody is there to report.

    Two schedulers wait for each other here; behind that the proposal's own row holds: it has one at most.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [OPENING, proposal_id])
        if Reverification.objects.filter(proposal=proposal_id).exists():
            return None
        proposal = Proposal.objects.select_related("case__unit", "case__author").get(pk=proposal_id)
        owners = course.owners_of(proposal)
        if not owners:
            log.warning("nobody reports the year of %s", proposal.case.number)
            return None
        try:
            return _open(proposal, owners)
        except BadMove:
            log.warning("no rules of re-verification for %s", proposal.case.number)
            return None


def _open(proposal: Proposal, owners: list) -> Reverification:  # type: ignore[type-arg]
    made: list[Reverification] = []

    def write(case: Case) -> None:
        made.append(Reverification.begin(case, proposal))

    title = sentences.written(TITLE, title=proposal.case.title)
    with transaction.atomic():
        open_case(
            actor=owners[0],
            kind=KIND,
            token=uuid5(NAMESPACE_URL, f"reverification:{proposal.pk}"),
            title=title[:LONGEST_TITLE],
            unit=proposal.case.unit,
            parties=_parties(proposal),
            content_digest=proposal.case.content_digest,
            business=write,
        )
    return made[0]


def _parties(proposal: Proposal) -> Iterable[tuple[int, str]]:
    """The authors, and whoever judged the proposal: none of them decides what becomes of its award."""
    authors = Authorship.objects.filter(proposal=proposal).order_by("place")
    found = [(a.person_id, "author" if a.place == 1 else "co_author") for a in authors]
    decided = Decision.objects.filter(
        case=proposal.case, verb__in=("approve", "reject", "abstain"), step__node__in=REVIEWS
    )
    deciders = set(decided.exclude(actor=None).values_list("actor_id", flat=True))
    deciders |= set(decided.exclude(on_behalf_of=None).values_list("on_behalf_of_id", flat=True))
    return [*found, *((person, "earlier_decider") for person in sorted(deciders - {pk for pk, _rel in found}))]
