"""A round's pay-out list as a plant reads it: by unit, with subtotals, each line with its case, grade and share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.utils.translation import gettext_lazy as _

from innovation.awards.models import AwardRound, Payment, Share

KINDS = {
    Payment.Kind.AWARD: (_("Award"), "none"),
    Payment.Kind.RELEASED: (_("Released after an objection"), "accepted"),
    Payment.Kind.REVERSAL: (_("Reversal"), "late"),
    Payment.Kind.CLAW_BACK: (_("Claw-back"), "late"),
}


@dataclass(frozen=True)
class Line:
    payment: Payment
    share: str  # 5/9
    of_month: str  # of the round that the award is of, where that is another one

    @property
    def kind(self) -> str:
        return str(KINDS[Payment.Kind(self.payment.kind)][0])

    @property
    def state(self) -> str:
        return KINDS[Payment.Kind(self.payment.kind)][1]

    @property
    def is_plain(self) -> bool:
        return self.payment.kind == Payment.Kind.AWARD

    @property
    def has_left(self) -> bool:
        return not self.payment.person.is_active

    @property
    def number(self) -> str:
        return self.payment.candidate.proposal.case.number

    @property
    def title(self) -> str:
        return self.payment.candidate.proposal.case.title


@dataclass(frozen=True)
class Group:
    unit: str
    lines: list[Line]

    @property
    def subtotal(self) -> Decimal:
        return _sum(self.lines)


@dataclass(frozen=True)
class PayList:
    round: AwardRound
    groups: list[Group]

    @property
    def lines(self) -> list[Line]:
        return [line for group in self.groups for line in group.lines]

    @property
    def total(self) -> Decimal:
        return _sum(self.lines)

    @property
    def people(self) -> int:
        return len({line.payment.person_id for line in self.lines})

    @property
    def gone(self) -> int:
        """People on it who have left the plant."""
        return len({line.payment.person_id for line in self.lines if line.has_left})


def of(round: AwardRound) -> PayList:
    """Two statements, however long it is."""
    related = ("person", "unit", "candidate__round", "candidate__proposal__case")
    found = Payment.objects.filter(round=round).select_related(*related)
    lines = [_line(round, payment, shares) for shares in [_shares(round)] for payment in found]
    lines.sort(key=lambda line: (line.payment.unit.path, line.payment.person.employee_no, line.number, line.payment.pk))
    return PayList(round, [Group(unit.name, list(group)) for unit, group in groupby(lines, lambda li: li.payment.unit)])


def _shares(round: AwardRound) -> dict[tuple[int, int], tuple[int, int]]:
    """Part and whole by candidate and person, of every award on the list."""
    rows = Share.objects.filter(candidate__in=Payment.objects.filter(round=round).order_by().values("candidate"))
    parts = list(rows.order_by().values_list("candidate_id", "person_id", "parts"))
    whole: dict[int, int] = {}
    for candidate, _person, part in parts:
        whole[candidate] = whole.get(candidate, 0) + part
    return {(candidate, person): (part, whole[candidate]) for candidate, person, part in parts}


def _line(round: AwardRound, payment: Payment, shares: dict[tuple[int, int], tuple[int, int]]) -> Line:
    part = shares.get((payment.candidate_id, payment.person_id))
    other = payment.candidate.round
    return Line(payment, f"{part[0]}/{part[1]}" if part else "", f"{other.month:%Y-%m}" if other != round else "")


def _sum(lines: Iterable[Line]) -> Decimal:
    return sum((line.payment.amount for line in lines), Decimal(0))
