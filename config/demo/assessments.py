"""Three invented months of checks, the last under way, and a problem register that they feed."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from config.demo.forms import Hands
from config.demo.people import Plant
from maintenance_audit.assessments import course, opening
from maintenance_audit.assessments.models import Assessment, ProcessProblem
from maintenance_audit.findings.models import Finding
from workflows.engine import clocks, kinds, plant_calendar, rulebook
from workflows.engine.models import Case
from workflows.ledger.clock import injected, now
from workflows.organisation.models import Role

MONTHS = 3
LOST = (
    "三处隐蔽工程没有照片。", "验收单有两项没有逐项核对。", "上月问题还差一项没有整改。", "票证有一张没有关闭。",
    "委托单缺故障码。",
)  # fmt: skip
# process · what is wrong · measure · what it brought
REGISTER = [
    ("旧件返还", "旧件没有交接单，返还无据可查", "旧件交接单随结算资料一并附上", "两个月没有再出现"),
    ("隐蔽工程", "覆盖前没有人通知现场监护拍照", "覆盖前 2 小时通知，照片不全不得进入下一步", ""),
    ("工时申报", "签到与门禁记录对不上", "", ""),
]


def seed(plant: Plant, chance: random.Random, present: datetime) -> None:
    """After the findings: the register takes up some of them."""
    Checks(plant, chance, present).live()


class Checks:
    def __init__(self, plant: Plant, chance: random.Random, present: datetime) -> None:
        self.plant, self.chance, self.hands = plant, chance, Hands(chance)
        self.present = timezone.make_aware(present) if timezone.is_naive(present) else present

    def live(self) -> None:
        months = _months(timezone.localdate(self.present), MONTHS)
        with injected(_morning(months[0]) - timedelta(days=10)):
            self._publish()
        for month in months:
            self._month(month)
        with injected(self.present):
            clocks.turn()
            self._register()

    def _publish(self) -> None:
        drafter = self.plant.holder(Role.INNOVATION_OFFICER, self.plant.workshop)[0]
        publisher = self.plant.holder(Role.RULE_PUBLISHER, self.plant.workshop)[0]
        rules, unit = dict(kinds.get("assessment").first_rules), self.plant.workshop
        version = rulebook.draft(actor=drafter, kind="assessment", unit=unit, content=rules, note="首版")
        rulebook.submit(actor=drafter, version_id=version.pk)
        rulebook.publish(actor=publisher, version_id=version.pk, read=version.digest)

    def _month(self, month: date) -> None:
        opened = min(_morning(month), self.present)
        with injected(opened):
            rows = [opening.open_for(self.plant.workshop, unit, month) for unit in
                    list(opening.to_assess(self.plant.workshop, month))]  # fmt: skip
        for row in rows:
            if row is not None:
                self._walk(row, opened)

    def _walk(self, row: Assessment, moment: datetime) -> None:
        for act, hours in ((self._score, 20.0), (self._answer, 10.0), (self._confirm, 6.0), (self._put_right, 30.0),
                           (self._verify, 10.0)):  # fmt: skip
            moment = plant_calendar.due(moment, hours * self.chance.uniform(0.5, 1.3))
            if moment > self.present:
                return
            with injected(moment):  # who holds what is asked of that day
                if not self.hands.may(row.case):
                    return
                act(Case.objects.get(pk=row.case_id))  # type: ignore[attr-defined]

    def _score(self, case: Case) -> None:
        typed: dict[str, Any] = {"note": "查现场、查台账。"}
        due = (timezone.localdate(now()) + timedelta(days=15)).isoformat()
        for place in self.chance.sample(range(1, 6), self.chance.choice((0, 1, 1, 2))):
            lost = self.chance.choice((2, 4, 5, 8))
            typed |= {f"lost-{place}": lost, f"note-{place}": self.chance.choice(LOST), f"due-{place}": due}
        self.hands.fill(case, typed)

    def _answer(self, case: Case) -> None:
        self.hands.fill(case, {"stand": "accept", "words": "情况属实，按期整改。"})

    def _confirm(self, case: Case) -> None:
        self.hands.decide(case, "approve")

    def _put_right(self, case: Case) -> None:
        if self.hands.node(case) == "rectification":
            rows = course.open_shortfalls(case)
            self.hands.fill(case, {f"done-{row.place}": "已整改，班前会讲过。" for row in rows}, "photos")

    def _verify(self, case: Case) -> None:
        if self.hands.node(case) == "verification":
            self.hands.decide(case, "approve", "看过，已整改。")

    def _register(self) -> None:
        lead = self.plant.holder(Role.AUDIT_LEAD, self.plant.workshop)[0]
        loose = list(Finding.objects.filter(confirmed_at__isnull=False, sign=None).select_related("case")[:9])
        due = timezone.localdate(now()) + timedelta(days=30)
        for n, (process, text, measure, result) in enumerate(REGISTER):
            made = ProcessProblem.raise_new(by=lead, workshop=self.plant.workshop, process=process, text=text)
            made.feed(by=lead, findings=loose[n * 3 : n * 3 + 3])
            if measure:
                made.plan(by=lead, measure=measure, due=due)
            if result:
                made.close(by=lead, result=result)


def _months(today: date, count: int) -> list[date]:
    """The first days of this month and of those before, the earliest first."""
    found = [today.replace(day=1)]
    while len(found) < count:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found[::-1]


def _morning(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, 8, 30))  # noqa: DTZ001
