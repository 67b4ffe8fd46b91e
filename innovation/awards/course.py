"""What the round's flow asks and does, each under the lock of its case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from innovation.awards import marking, objecting, paying, ranking, roundfile, seating, solving
from innovation.awards.models import AwardRound, Candidate, Payment, RoundFile, Seat
from innovation.awards.opening import start_of
from innovation.awards.records import record_of, rules_of
from workflows.engine import plant_calendar
from workflows.engine.models import Case
from workflows.ledger import checkpoints
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.notices.outbox import post
from workflows.organisation.models import Person
from workflows.store.gathering import change


def round_of(case: Case) -> AwardRound:
    """The one row that all who act in this case look at."""
    round: AwardRound = case.awardround  # type: ignore[attr-defined]
    round.case = case
    return round


def has_candidates(case: Case) -> bool:
    return Candidate.objects.filter(round__case=case).standing().exists()


def seat_judges(case: Case) -> None:
    round = round_of(case)
    if has_candidates(case) and not Seat.objects.filter(round=round).exists():
        seating.seat(round, seating.judges_of(round))


def judges_out(case: Case) -> list[Person]:
    """Who has still to seal; whoever let the deadline pass has lost the seat."""
    out = Seat.objects.filter(round__case=case, sealed_at=None, late=False).select_related("person")
    return [seat.person for seat in out]


def call_in(case: Case) -> None:
    """What was drawn stands: nobody takes a draw back to draw again. Recusals are looked at once more."""
    seating.recuse(round_of(case))


def name_the_late(case: Case) -> None:
    late = Seat.objects.filter(round__case=case, sealed_at=None, late=False).select_related("person")
    numbers = [seat.person.employee_no for seat in late]
    if numbers:
        late.update(late=True)
        append(subject=f"case:{case.pk}", event="award.judges.late", payload={"judges": sorted(numbers)})


def short_of_quorum(case: Case) -> list[Candidate]:
    """Candidates whom fewer sealed than the rules ask for."""
    sealed = Seat.objects.filter(round__case=case, sealed_at__isnull=False).count()
    mine = Candidate.objects.filter(round__case=case).standing().select_related("proposal__case")
    recused = mine.annotate(recused=Count("recusals", filter=Q(recusals__seat__sealed_at__isnull=False)))
    quorum = rules_of(case).quorum
    return [one for one in recused if sealed - one.recused < quorum]


def has_quorum_everywhere(case: Case) -> bool:
    return round_of(case).closed_short or not short_of_quorum(case)


def open_marks(case: Case) -> None:
    round = round_of(case)
    round.open_marks(at=now())
    marks = marking.open_all(round)
    append(subject=f"case:{case.pk}", event="award.marks.opened", payload={"marks": marks})


def rank(case: Case) -> None:
    round = round_of(case)
    ranking.rank(round)
    places = Candidate.objects.filter(round=round, rank__isnull=False).order_by("rank")
    ranked = list(places.values_list("proposal__case__number", flat=True))
    append(subject=f"case:{case.pk}", event="award.round.ranked", payload={"ranked": ranked})


def announce(case: Case) -> None:
    """Hang the notice out, signed: from here on the whole workshop reads it, with the checkpoint's hash on paper."""
    round = round_of(case)
    moment = now()
    round.announce(at=moment, until=end_of_publicity(round, moment))
    awards = Candidate.objects.filter(round=round).exclude(grade="").order_by("rank")
    said = awards.values_list("proposal__case__number", "score", "grade", "amount")
    append(
        subject=f"case:{case.pk}",
        event="award.round.announced",
        payload={"awards": [list(map(str, row)) for row in said], "until": round.publicity_until},
    )
    round.checkpoint = checkpoints.gather("publicity")
    change(round, "checkpoint")
    case.shared_under = round.workshop
    change(case, "shared_under")
    people = Person.objects.active().under(round.workshop.path).values_list("pk", flat=True)
    _tell(round, "award.round.announced", people)


def end_of_publicity(round: AwardRound, moment: datetime) -> datetime:
    """Midnight after the last of so many whole working days of the workshop's calendar, counted from tomorrow."""
    calendar, day = plant_calendar.of(round.workshop), timezone.localdate(moment)
    left = rules_of(round.case).publicity_days
    while left:
        day += timedelta(days=1)
        left -= calendar.is_working(day)
    return start_of(day + timedelta(days=1))


def confirm(case: Case) -> None:
    """The awards stand: the file's lines are sworn to, the pay-out list is drawn up, what objections hold waits."""
    round = round_of(case)
    AwardRound.objects.select_for_update().get(pk=round.pk)  # an objection that is being decided now is waited for
    held = objecting.held(round)
    awarded = list(Candidate.objects.filter(round=round).awarded())
    round.confirm(
        at=now(),
        unscaled_total=_sum(one.unscaled for one in awarded),
        total=_sum(one.amount for one in awarded),
    )
    lines = roundfile.lines(record_of(round))
    RoundFile.keep(round, lines)
    append(
        subject=f"case:{case.pk}",
        event="award.round.confirmed",
        payload={"lines": roundfile.digests(lines), "held": sorted(one.proposal.case.number for one in held)},
    )
    paying.list_payments(round, [one.pk for one in held])
    listed = Payment.objects.filter(round=round).select_related("person")
    append(subject=f"case:{case.pk}", event="award.payments.listed", payload={"lines": paying.said(listed)})
    checkpoints.gather("confirmation")


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def publish(case: Case) -> None:
    round = round_of(case)
    round.publish(at=now())
    held = {one.pk for one in objecting.held(round)}
    solved = solving.solve(one for one in Candidate.objects.filter(round=round).awarded() if one.pk not in held)
    said = {"total": paying.sum_of(round), "solved": solved}
    append(subject=f"case:{case.pk}", event="award.round.published", payload=said)
    checkpoints.gather("pay-out")
    _tell_paid(round)


def _tell_paid(round: AwardRound) -> None:
    people = Payment.objects.filter(round=round, amount__gt=0).values_list("person_id", flat=True)
    _tell(round, "award.round.published", set(people))


def _tell(round: AwardRound, event: str, people: object) -> None:
    post(
        event=event,
        key=f"award:{round.pk}:{event}",
        recipients=people,  # type: ignore[arg-type]
        subject=f"case:{round.case_id}",
        context={"workshop": round.workshop.name, "month": f"{round.month:%Y-%m}"},
        url=reverse("publicity", args=[round.case.number]),
    )
