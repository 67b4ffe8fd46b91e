"""What the flow of a re-verification asks and does, each under the lock of its case."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext_noop

from innovation.awards import paying
from innovation.awards.models import Candidate, Payment
from innovation.proposals.models import Proposal
from innovation.reverification import shortfall
from innovation.reverification.models import Reverification
from innovation.reverification.rules import rules_of
from workflows.engine.models import Case, Decision
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.notices import sentences
from workflows.notices.outbox import post
from workflows.organisation import roles
from workflows.organisation.models import Person, Role, Unit, UnitKind

MISSING = gettext_noop("Re-verification %(number)s: %(percent)s%% of the benefit is missing")
LEFT = gettext_noop("%(reason)s (has left)")
CHIEF = (
    (UnitKind.TEAM, Role.SECTION_CHIEF, UnitKind.SECTION),
    (UnitKind.SECTION, Role.SECTION_CHIEF, UnitKind.SECTION),
    (UnitKind.WORKSHOP, Role.INNOVATION_OFFICER, UnitKind.WORKSHOP),
)


def row_of(case: Case) -> Reverification:
    row: Reverification = case.reverification  # type: ignore[attr-defined]
    row.case = case
    return row


def owner(case: Case) -> list[Person]:
    return owners_of(row_of(case).proposal)


def owners_of(proposal: Proposal) -> list[Person]:
    """Who reports: the first author; where they have left a co-author, else the unit's chief or who stands above."""
    together = proposal.authorships.select_related("person").order_by("place")
    authors = [author.person for author in together if author.person.is_active]
    return authors[:1] or _chiefs(proposal.case.unit)


def _chiefs(unit: Unit) -> list[Person]:
    for kind, role, level in CHIEF:
        place = unit.at_level(level) if unit.kind == kind else None
        if place is None:
            continue
        if held := roles.holders(role, place.pk):
            return [one.person for one in held]
        _unit, above, fallback = roles.person_above(role, place)
        if above or fallback:
            return [one.person for one in above] or [fallback]  # type: ignore[list-item]
    return []


def book(case: Case) -> None:
    row = row_of(case)
    approved = Decision.objects.filter(case=case, verb="approve").select_related("actor").order_by("-pk").first()
    row.verify(by=approved.actor if approved else None, at=now())
    append(
        subject=f"case:{case.pk}",
        event="reverification.booked",
        payload={"proposal": row.proposal.case.number, "booked": str(row.booked), "found": str(row.benefit)},
    )
    if not is_enough(case):
        _tell(case, "reverification.short")


def is_enough(case: Case) -> bool:
    row = row_of(case)
    assert row.benefit is not None
    return not shortfall.falls_short(row.booked, row.benefit, rules_of(case).tolerance_percent)


def has_award(case: Case) -> bool:
    """An award that somebody has received something of; one that no list has taken up yet cannot be taken back."""
    award = award_of(row_of(case).proposal)
    return award is not None and bool(received(award))


def award_of(proposal: Proposal) -> Candidate | None:
    found = Candidate.objects.filter(proposal=proposal).awarded()
    return found.select_related("round__case", "proposal__case").first()


def received(award: Candidate) -> dict[Person, Decimal]:
    """What each author has been listed for, less what was taken back."""
    sums = Payment.objects.filter(candidate=award).order_by().values("person").annotate(sum=Sum("amount"))
    balance = {one["person"]: one["sum"] for one in sums if one["sum"] > 0}
    people = Person.objects.filter(pk__in=balance).order_by("employee_no")
    return {person: balance[person.pk] for person in people}


def part_of(case: Case) -> Fraction:
    """The part of the award that the rules take back."""
    row = row_of(case)
    assert row.benefit is not None
    return Fraction(1) if rules_of(case).review.part == "all" else shortfall.part(row.booked, row.benefit)


def would_take(case: Case) -> Mapping[Person, Decimal]:
    """By author, what taking back would come to now."""
    award = award_of(row_of(case).proposal)
    return shortfall.taken(received(award), part_of(case)) if award is not None else {}


def claw_back(case: Case) -> None:
    """Write lines that take away; the workshop's next list takes them up. Whoever has left is listed and marked."""
    row, award = row_of(case), award_of(row_of(case).proposal)
    taken: Mapping[Person, Decimal] = would_take(case) if award is not None else {}
    said = sentences.written(MISSING, number=case.number, percent=row.missing_percent)
    here = {person: -sum for person, sum in taken.items() if person.is_active}
    left = {person: -sum for person, sum in taken.items() if not person.is_active}
    total = Decimal(0)
    for amounts, reason in ((here, said), (left, sentences.written(LEFT, reason=said))):
        if amounts and award is not None:
            total -= paying.take(award, amounts, reason, Payment.Kind.CLAW_BACK)
    row.take_back(total)
    append(
        subject=f"case:{case.pk}",
        event="reverification.clawed_back",
        payload={"proposal": row.proposal.case.number, "sum": str(total), "part": str(part_of(case))},
    )
    _tell(case, "reverification.clawed_back")


def keep(case: Case) -> None:
    append(
        subject=f"case:{case.pk}",
        event="reverification.kept",
        payload={"proposal": row_of(case).proposal.case.number},
    )
    _tell(case, "reverification.kept")


def _tell(case: Case, event: str) -> None:
    proposal = row_of(case).proposal
    post(
        event=event,
        key=f"{event}:{case.pk}",
        recipients=set(proposal.authorships.values_list("person_id", flat=True)),
        subject=f"case:{case.pk}",
        context={"number": case.number, "title": proposal.case.title},
        url=reverse("case", args=[case.number]),
    )
