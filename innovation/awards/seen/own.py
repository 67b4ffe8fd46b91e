"""A person's own record of awards: each one they had a part in, what it brought them, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max, OuterRef, Subquery, Sum
from django.utils.translation import gettext_lazy as _

from innovation.awards.models import AwardRound, Candidate, Payment, Share
from innovation.proposals.models import Authorship
from workflows.organisation.models import Person

STATES: dict[str, tuple[Any, str]] = {
    "void": (_("Void"), "late"),
    "waits": (_("Waits for budget"), "held"),
    "back": (_("Reversed"), "late"),
    "paid": (_("Paid out"), "accepted"),
    "listed": (_("On the pay-out list"), "waiting"),
    "held": (_("Its pay-out waits"), "disputed"),
    "hangs": (_("Hangs out"), "waiting"),
}


@dataclass(frozen=True)
class Own:
    number: str
    title: str
    round_number: str
    month: date
    grade: str
    parts: int
    whole: int
    amount: Decimal | None
    paid: Decimal
    state: str
    readable: bool  # the notice that it hangs out on

    @property
    def words(self) -> str:
        return str(STATES[self.state][0])

    @property
    def look(self) -> str:
        return STATES[self.state][1]


def of(person: Person) -> list[Own]:
    """Newest first; from the moment that the round hangs out. Three statements."""
    mine = Candidate.objects.filter(proposal__authorships__person=person, round__announced_at__isnull=False)
    found = mine.exclude(grade="").annotate(**_parts(person)).select_related("round__case", "proposal__case")
    listed = Payment.objects.filter(person=person, round__isnull=False).order_by()
    lines = {
        row[0]: row[1:]
        for row in listed.values_list("candidate").annotate(sum=Sum("amount"), last=Max("round__published_at"))
    }
    seen = set(AwardRound.objects.visible_to(person).order_by().values_list("pk", flat=True))
    return [_own(one, lines.get(one.pk), seen) for one in found.order_by("-round__month", "rank")]


def _parts(person: Person) -> dict[str, Any]:
    authors = Authorship.objects.filter(proposal=OuterRef("proposal")).order_by()
    share = Share.objects.filter(candidate=OuterRef("pk"), person=person).order_by()
    return {
        "parts": Subquery(authors.filter(person=person).values("share")[:1]),
        "whole": Subquery(authors.values("proposal").annotate(sum=Sum("share")).values("sum")),
        "part": Subquery(share.values("amount")[:1]),
    }


def _own(one: Any, lines: tuple[Any, ...] | None, seen: set[int]) -> Own:
    paid, published = lines or (Decimal(0), None)
    return Own(
        number=one.proposal.case.number,
        title=one.proposal.case.title,
        round_number=one.round.case.number,
        month=one.round.month,
        grade=one.grade,
        parts=one.parts,
        whole=one.whole,
        amount=one.part,
        paid=paid if published else Decimal(0),
        state=_state(one, lines, published),
        readable=one.round_id in seen,
    )


def _state(one: Candidate, lines: tuple[Any, ...] | None, published: Any) -> str:
    if one.void_at is not None:
        return "void"
    if one.waits:
        return "waits"
    if lines is None:
        return "hangs" if one.round.confirmed_at is None else "held"
    if published and lines[0] <= 0:
        return "back"
    return "paid" if published else "listed"
