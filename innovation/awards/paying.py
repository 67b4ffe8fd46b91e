"""The pay-out list: the round's awards that nothing holds, and what waits from earlier rounds. Lines only come."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal

from django.db.models import Sum

from innovation.awards.models import AwardRound, Candidate, Payment, Share
from workflows.ledger.clock import now
from workflows.ledger.entries import append


def list_payments(round: AwardRound, held: Collection[int]) -> None:
    """Write the lines of the round's awards, but of the candidates `held`, and take up what waited for a list."""
    awarded = Candidate.objects.filter(round=round).awarded().exclude(pk__in=held)
    shares = Share.objects.filter(candidate__in=awarded).select_related("person")
    Payment.objects.bulk_create((_line(share, round) for share in shares), batch_size=1000)
    Payment.objects.filter(workshop=round.workshop_id, round=None).update(round=round)


def release(candidate: Candidate) -> None:
    """What an objection held is paid with the workshop's next list, or this round's if that is still to come."""
    shares = Share.objects.filter(candidate=candidate).select_related("person", "candidate__round")
    Payment.objects.bulk_create(_line(share, None, Payment.Kind.RELEASED) for share in shares)


def reverse(candidate: Candidate, reason: str, kind: str = Payment.Kind.REVERSAL) -> Decimal:
    """Take back in the next list what has been listed of an award; how much. Never a change to a line."""
    lines = list(Payment.objects.filter(candidate=candidate).select_related("person"))
    balance: dict[int, Decimal] = {}
    for line in lines:
        balance[line.person_id] = balance.get(line.person_id, Decimal(0)) + line.amount
    people = {line.person_id: line.person for line in lines}
    back = {person: -amount for person, amount in balance.items() if amount > 0}
    return take(candidate, {people[pk]: amount for pk, amount in back.items()}, reason, kind)


def take(candidate: Candidate, amounts: dict, reason: str, kind: str) -> Decimal:  # type: ignore[type-arg]
    """Write lines that take away, by person; how much together. They wait for the workshop's next list."""
    moment = now()
    made = Payment.objects.bulk_create(
        Payment(
            workshop_id=candidate.round.workshop_id, candidate=candidate, person=person, unit_id=person.unit_id,
            kind=kind, amount=amount, reason=reason[:400], created_at=moment,
        )
        for person, amount in amounts.items()
    )  # fmt: skip
    total = sum((line.amount for line in made), Decimal(0))
    append(
        subject=f"case:{candidate.round.case_id}",
        event=f"award.payment.{kind}",
        payload={"case": candidate.proposal.case.number, "reason": reason, "lines": [_said(line) for line in made]},
    )
    return total


def sum_of(round: AwardRound) -> Decimal:
    return Payment.objects.filter(round=round).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def said(lines: Iterable[Payment]) -> list[dict[str, str]]:
    return [_said(line) for line in lines]


def _said(line: Payment) -> dict[str, str]:
    return {"person": line.person.employee_no, "amount": str(line.amount), "kind": line.kind}


def _line(share: Share, round: AwardRound | None, kind: str = Payment.Kind.AWARD) -> Payment:
    return Payment(
        workshop_id=round.workshop_id if round else share.candidate.round.workshop_id,
        round=round,
        candidate_id=share.candidate_id,
        person_id=share.person_id,
        unit_id=share.person.unit_id,
        kind=kind,
        amount=share.amount,
        created_at=now(),
    )
