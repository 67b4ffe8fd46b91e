"""A proposal's status moves by its verbs and only where they are open; the database holds the rest."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from innovation.proposals.models import Authorship, Proposal, WrongStatus
from tests.plant import Plant
from tests.proposals.filing import send, typed

MOMENT = datetime(2026, 11, 18, tzinfo=UTC)
VERBS = {
    "accept": {"level": "team"},
    "reject": {},
    "reopen": {},
    "withdraw": {},
    "plan": {"due": date(2027, 1, 1)},
    "implement": {"note": "好了", "at": MOMENT},
    "report_effect": {"saving": Decimal(3), "added_cost": Decimal(1), "investment": Decimal(1)},
    "verify": {"by": None, "at": MOMENT},
}
OPEN = {
    "filed": {"accept", "reject", "withdraw"},
    "accepted": {"plan"},
    "rejected": {"reopen"},
    "withdrawn": set(),
    "implementing": {"plan", "implement"},
    "implemented": {"plan", "implement", "report_effect"},
    "verified": set(),
}
PATHS = {
    "filed": [],
    "accepted": ["accept"],
    "rejected": ["reject"],
    "withdrawn": ["withdraw"],
    "implementing": ["accept", "plan"],
    "implemented": ["accept", "plan", "implement"],
    "verified": ["accept", "plan", "implement", "report_effect", "verify"],
}


@pytest.fixture
def proposal(ruled: Plant) -> Proposal:
    send(ruled.client(ruled.author), typed())
    return Proposal.objects.get()


def do(proposal: Proposal, verb: str) -> None:
    more = {"implementer": proposal.case.author} if verb == "plan" else {}
    getattr(proposal, verb)(**VERBS[verb], **more)


@pytest.mark.parametrize("status", OPEN)
def test_only_what_is_open_from_here(proposal: Proposal, status: str) -> None:
    for verb in PATHS[status]:
        do(proposal, verb)
    assert proposal.status == status
    for verb in VERBS:
        fresh = Proposal.objects.get()
        if verb in OPEN[status]:
            with transaction.atomic():
                do(fresh, verb)
                transaction.set_rollback(True)
        else:
            with pytest.raises(WrongStatus):
                do(fresh, verb)
    assert Proposal.objects.get().status == status


def test_an_appeal_puts_it_back(proposal: Proposal) -> None:
    do(proposal, "reject")
    do(proposal, "reopen")
    do(proposal, "accept")
    assert Proposal.objects.get().status == "accepted"


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"method": ""}, "proposal_has_a_method"),
        ({"cost": -1}, "cost_is_not_negative"),
        ({"investment_years": 0}, "investment_spreads_over_a_year_or_more"),
        ({"status": "accepted"}, "accepted_proposal_says_at_which_level"),
        ({"status": "implementing", "accepted_level": "team"}, "implementation_has_owner_and_due_date"),
        ({"status": "implemented", "accepted_level": "team"}, "implemented_proposal_says_when"),
        ({"saving": 1}, "effect_is_reported_whole"),
        ({"verified_benefit": 1}, "verified_only_with_date"),
        ({"status": "verified", "accepted_level": "team", "implemented_at": MOMENT}, "verified_only_with_date"),
    ],
)
def test_the_database_holds_it_too(proposal: Proposal, fields: dict, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Proposal.objects.update(**fields)


def test_shares_and_places(proposal: Proposal, ruled: Plant) -> None:
    for more, constraint in (
        ({"person": ruled.author, "place": 2, "share": 1}, "author_once_per_proposal"),
        ({"person": ruled.coauthor, "place": 1, "share": 1}, "author_place_once"),
        ({"person": ruled.coauthor, "place": 2, "share": 0}, "share_is_a_positive_whole_part"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Authorship.objects.create(proposal=proposal, **more)
