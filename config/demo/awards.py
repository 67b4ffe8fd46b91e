"""The invented plant's award rounds: each month since it began, through the very services that people call.

The last month's is opened today and waits for the officer, so that whoever looks can run it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from config.demo.people import Plant
from innovation.awards import marking, opening, rules
from innovation.awards.marking import Written
from innovation.awards.models import AwardRound, Candidate, Seat
from innovation.awards.rules import AwardRules
from innovation.objections.forms import ObjectionForm
from innovation.proposals.models import Proposal
from innovation.reverification.opening import open_for
from workflows.engine import clocks, filing, kinds, plant_calendar, rulebook
from workflows.engine.models import Step, WorkItem
from workflows.engine.turn import turn
from workflows.ledger.clock import injected
from workflows.notices.models import Outbox
from workflows.organisation.models import Person, Role

# Of a dozen candidates a month four or five are awarded: 162 in three years is the scale of one workshop.
RULES: dict[str, Any] = rules.DEFAULT_RULES | {
    "grades": [
        {"name": "一等奖", "minimum": "87", "places": 1, "amount": "3000.00"},
        {"name": "二等奖", "minimum": "81", "places": 1, "amount": "2000.00"},
        {"name": "三等奖", "minimum": "76", "places": 2, "amount": "1000.00"},
        {"name": "鼓励奖", "minimum": "74", "places": 1, "amount": "300.00"},
    ],
    "again": False,
    "ceiling": "9000.00",
}
# One round in so many is objected to, in turn dismissed and upheld: the objector's words, the panel's.
EVERY = 7
OBJECTIONS = (
    ("同样的做法隔壁班组前年就用了。", True, "查检修记录，前年已有同样做法，此奖作废。"),
    ("现场没有照申报的做法改。", False, "已到现场核对，做法与申报一致，异议不成立。"),
)
COMMENTS = ("看过现场，效果与申报一致。", "可在其他炉次推广。", "数据有三个班的记录。", "做法简单，值得鼓励。", "")


class Jury:
    def __init__(self, chance: random.Random, plant: Plant, present: datetime) -> None:
        self.chance, self.plant = chance, plant
        self.present = timezone.make_aware(present) if timezone.is_naive(present) else present
        self.officer = plant.holder(Role.INNOVATION_OFFICER, plant.workshop)[0]
        self.finance = plant.holder(Role.FINANCE_VERIFIER, plant.workshop)[0]

    def award(self, since: datetime, months: int, progress: Callable[[int], None]) -> None:
        """Run the rounds of so many months before the last one, and open the last one's."""
        if not months:
            return
        due = list(_months(self.present, months))
        with injected(max(since, opening.start_of(due[0]))):
            self._publish(opening.KIND, RULES)
            self._publish("award_objection", kinds.get("award_objection").first_rules)
        for nth, month in enumerate(due[:-1], 1):
            self._run(month, objection=OBJECTIONS[nth // EVERY % 2] if nth % EVERY == 0 else None)
            progress(nth)
        with injected(self.present - timedelta(days=10)):
            self._publish("reverification", kinds.get("reverification").first_rules)
        self._look_again()
        with injected(self.present - timedelta(hours=2)):
            opening.open_round(self.plant.workshop, due[-1])
        self._forget_what_was_told()

    def _publish(self, kind: str, content: Mapping[str, Any]) -> None:
        publisher = self.plant.holder(Role.RULE_PUBLISHER, self.plant.workshop)[0]
        unit = self.plant.workshop
        version = rulebook.draft(actor=self.officer, kind=kind, unit=unit, content=dict(content), note="首版")
        rulebook.submit(actor=self.officer, version_id=version.pk)
        rulebook.publish(actor=publisher, version_id=version.pk, read=version.digest)

    def _look_again(self) -> None:
        """Re-verifications whose year was over in the last ten days."""
        today = timezone.localdate(self.present)
        due = Proposal.objects.filter(reverify_on__range=(today - timedelta(days=10), today), status="verified")
        with injected(self.present - timedelta(hours=3)):
            for proposal in due.order_by("reverify_on", "pk"):
                open_for(proposal.pk)

    def _run(self, month: date, objection: tuple[str, bool, str] | None) -> None:
        moment = opening.start_of(opening.next_month(month)) + timedelta(minutes=5)
        with injected(moment):
            round = opening.open_round(self.plant.workshop, month)
        assert round is not None
        moment = self._later(moment, 6)
        self._do(round, self.officer, moment)
        if not Seat.objects.filter(round=round).exists():
            return  # nobody had carried anything out yet
        worth = {c.pk: self.chance.gauss(77, 7) for c in Candidate.objects.filter(round=round).standing()}
        for seat in Seat.objects.filter(round=round).select_related("person").order_by("pk"):
            moment = self._later(moment, self.chance.uniform(0.5, 5))
            self._judge(round, seat, worth, moment)
        moment = self._later(moment, 5)
        self._do(round, self.officer, moment)
        if objection is not None:
            self._object(round, *objection, self._later(moment, 4))
        until = AwardRound.objects.get(pk=round.pk).publicity_until
        assert until is not None
        moment = until + timedelta(minutes=1)
        with injected(moment):
            clocks.fall_due(Step.objects.get(case=round.case_id, closed_at=None).pk)
        moment = self._later(moment, 3)
        self._do(round, self.officer, moment)
        self._do(round, self.finance, self._later(moment, 9))

    def _object(self, round: AwardRound, grounds: str, upheld: bool, answer: str, moment: datetime) -> None:
        """Somebody without an office objects to the last award; the panel decides before the round is confirmed."""
        award = Candidate.objects.filter(round=round).awarded().order_by("rank").last()
        if award is None:
            return
        decide = {person.pk for people in self.plant.holders.values() for person in people}
        wrote = set(award.proposal.authorships.values_list("person", flat=True))
        others = [p for p in self.plant.people if p.pk not in decide | wrote and not p.must_change_password]
        with injected(moment):
            objector = self.chance.choice(others)
            form = ObjectionForm({"candidate": str(award.pk), "grounds": grounds}, None, person=objector)
            assert form.is_valid(), form.errors
            case = filing.file(actor=objector, kind="award_objection", token=self._token(), form=form).case
        while (item := WorkItem.objects.filter(case=case, state="open").order_by("pk").first()) is not None:
            moment, person = self._later(moment, 1), item.person
            assert person is not None
            with injected(moment), turn(actor=person, case_id=case.pk, item_id=item.pk, token=self._token()) as held:
                if upheld:
                    self._fill_in(held, person, reason=answer)
                else:
                    held.reject(answer)

    def _later(self, moment: datetime, hours: float) -> datetime:
        return plant_calendar.due(moment, hours)

    def _do(self, round: AwardRound, person: Person, moment: datetime) -> None:
        with injected(moment), self._turn(round, person) as held:
            self._fill_in(held, person)

    def _fill_in(self, held: Any, person: Person, **typed: str) -> None:
        form = held.kind.forms[held.step.node](typed, turn_case=held.case, person=person)
        assert form.is_valid(), form.errors
        form.save(held)

    def _judge(self, round: AwardRound, seat: Seat, worth: dict[int, float], moment: datetime) -> None:
        read = rules.read(RULES)
        with injected(moment), self._turn(round, seat.person) as held:
            mine = marking.to_mark(seat)
            marking.hand_in(seat, {one: self._written(worth[one.pk], read) for one in mine})
            held.complete()

    def _written(self, worth: float, read: AwardRules) -> Written:
        marks = {c.key: min(100, max(0, round(worth + self.chance.gauss(0, 4)))) for c in read.criteria}
        return Written(marks, self.chance.choice(COMMENTS))

    def _turn(self, round: AwardRound, person: Person) -> Any:
        items = WorkItem.objects.filter(case=round.case_id, state="open")
        item = items.filter(person=person).first() or items.get(person=None)
        return turn(actor=person, case_id=round.case_id, item_id=item.pk, token=self._token())

    def _token(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    def _forget_what_was_told(self) -> None:
        """What happened years ago is news to nobody: only this week's is still to be delivered."""
        Outbox.objects.filter(created_at__lt=self.present - timedelta(days=7)).delete()


def _months(present: datetime, count: int) -> list[date]:
    """The last `count` months and the one that has just ended before today's, the earliest first."""
    month = timezone.localtime(present).date().replace(day=1)
    found: list[date] = []
    for _ in range(count + 1):
        month = (month - timedelta(days=1)).replace(day=1)
        found.append(month)
    return found[::-1]
