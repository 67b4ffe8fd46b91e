"""A few invented quality circles, walked through the very forms that people fill in."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from config.demo.latest import picture
from config.demo.people import Plant
from maintenance_audit.circles import forms
from workflows.engine import filing, independence, kinds, plant_calendar, rulebook
from workflows.engine.models import Case, WorkItem
from workflows.engine.turn import Turn, turn
from workflows.ledger.clock import injected, now
from workflows.organisation.models import Person, Role

# circle · theme · kind · why · goal · what was reached
TOLD = [
    ("炉火小组", "减少渣口堵塞次数", "site", "每月堵 6 次，停炉 4 小时", "每月不超过 2 次", "每月 1.5 次"),
    ("清泉小组", "降低循环水漏损", "site", "日漏损 120 m³", "日漏损 60 m³ 以内", "日漏损 52 m³"),
    ("铁臂小组", "缩短渣包更换时间", "tough", "每次 45 分钟", "每次 30 分钟", "每次 27 分钟"),
    ("慧眼小组", "皮带跑偏早发现", "innovative", "每月撕带 1 次", "全年不撕带", "半年未撕带"),
    ("标尺小组", "备件领用一次对", "management", "错领 8%", "错领 2% 以内", "错领 1.6%"),
    ("暖流小组", "检修停送电少等", "service", "平均等 50 分钟", "20 分钟以内", "平均 18 分钟"),
]
# How far each has come, by the number of acts after its registration; the youngest last.
STEPS = (99, 99, 99, 6, 3, 0)
NOTES = {
    "planning": "鱼骨图找出三个要因，对策表附后。",
    "doing": "按对策表逐条做完，照片附后。",
    "checking": "量了三个月，与目标对照见图。",
    "acting": "写进作业标准，交接班检查表加一项。",
}


def seed(plant: Plant, chance: random.Random, present: datetime) -> None:
    Founders(plant, chance, present).live()


class Founders:
    def __init__(self, plant: Plant, chance: random.Random, present: datetime) -> None:
        self.plant, self.chance = plant, chance
        self.present = timezone.make_aware(present) if timezone.is_naive(present) else present

    def live(self) -> None:
        with injected(self.present - timedelta(days=420)):
            self._publish()
        for n, (told, steps) in enumerate(zip(TOLD, STEPS, strict=True)):
            ago = 400 - n * 120 if steps > 10 else 30 - n * 5
            self._one(told, steps, plant_calendar.due(self.present - timedelta(days=ago), 0.1))

    def _publish(self) -> None:
        drafter = self.plant.holder(Role.INNOVATION_OFFICER, self.plant.workshop)[0]
        publisher = self.plant.holder(Role.RULE_PUBLISHER, self.plant.workshop)[0]
        rules, unit = dict(kinds.get("circle").first_rules), self.plant.workshop
        version = rulebook.draft(actor=drafter, kind="circle", unit=unit, content=rules, note="首版")
        rulebook.submit(actor=drafter, version_id=version.pk)
        rulebook.publish(actor=publisher, version_id=version.pk, read=version.digest)

    def _one(self, told: tuple[str, ...], steps: int, moment: datetime) -> None:
        people = self.chance.sample(self.chance.choice(self._large_enough()), 4)
        with injected(min(moment, self.present)):
            case = self._register(told, people)
        for _step in range(steps):
            case.refresh_from_db()
            item = WorkItem.objects.filter(case=case, state="open").select_related("person", "step").first()
            moment = plant_calendar.due(moment, 12)
            if item is None or moment > self.present:
                return
            with injected(moment):
                self._act(case, item, told)

    def _large_enough(self) -> list[list[Person]]:
        teams = [self.plant.members[team.pk] for teams in self.plant.teams.values() for team in teams]
        return [members for members in teams if len(members) >= 4]

    def _register(self, told: tuple[str, ...], people: list[Person]) -> Case:
        name, title, theme, why, goal, _reached = told
        leader, *others = people
        day = (timezone.localdate(now()) + timedelta(days=120)).isoformat()
        typed = {
            "name": name, "unit": leader.unit_id, "leader": leader.employee_no, "title": title, "theme": theme,
            "members": "，".join(one.employee_no for one in others), "why": why, "goal": goal, "planned_until": day,
        }  # fmt: skip
        form = forms.RegistrationForm(typed, person=leader)
        assert form.is_valid(), form.errors
        return filing.file(actor=leader, kind="circle", token=self._token(), form=form).case

    def _act(self, case: Case, item: WorkItem, told: tuple[str, ...]) -> None:
        node = item.step.node
        with self._turn(case, item) as held:
            made: Any = kinds.get("circle").forms.get(node)
            if made is None:
                held.approve("可以，继续。")
                return
            form = made(self._typed(node, told), self._files(node), turn_case=held.case, person=held.actor)
            assert form.is_valid(), form.errors
            form.save(held)

    def _typed(self, node: str, told: tuple[str, ...]) -> dict[str, str]:
        mark = {"mark": str(self.chance.randint(72, 95)), "words": "数据扎实，对策有效。"}
        return {"note": NOTES.get(node, ""), "reached": told[5]} | (
            mark if node == "presentation" else {"words": "可推广。"}
        )

    def _files(self, node: str) -> Any:
        if node not in NOTES:
            return None
        photo = SimpleUploadedFile("photo.jpg", picture(self.chance), content_type="image/jpeg")
        return MultiValueDict({"photos": [photo]})

    @contextmanager
    def _turn(self, case: Case, item: WorkItem) -> Iterator[Turn]:
        pool = self.plant.holders.get((item.role, item.unit_id or 0), [])
        actor = item.person or next(p for p in pool if independence.why_not(case, p) is None)
        with turn(actor=actor, case_id=case.pk, item_id=item.pk, token=self._token()) as held:
            yield held

    def _token(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)
