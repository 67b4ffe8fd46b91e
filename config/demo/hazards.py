"""A few invented hazards, reported and put right through the very forms that people fill in."""

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
from maintenance_audit.hazards import forms
from workflows.documents.reception import receive
from workflows.engine import filing, independence, kinds, plant_calendar, rulebook
from workflows.engine.models import Case, WorkItem
from workflows.engine.turn import Turn, turn
from workflows.ledger.clock import injected, now
from workflows.organisation.models import Person, Role

# title · where · what could happen · measure · standard · what was done
TOLD = [
    ("渣包吊耳有裂纹", "渣包跨 3 号位", "起吊时脱落", "停用该渣包，换吊耳", "探伤无裂纹", "已换吊耳，探伤合格"),
    ("烟道人孔门漏气", "余热锅炉二层", "二氧化硫中毒", "换密封绳，挂牌禁入", "便携仪测不出", "已换密封绳，复测为零"),
    ("平台护栏松动", "转炉 12 米平台", "人员坠落", "补焊立柱，先拉警戒", "推拉不晃", "立柱已补焊"),
    ("皮带机拉绳开关失灵", "精矿 2 号皮带", "卷入时停不下来", "更换开关并试跳", "全程拉得停", "已更换，三处试跳正常"),
    ("消防栓被备件堵住", "电收尘配电室外", "着火时取不到水", "清走备件，划黄线", "一米内无物", "备件已清走，黄线已划"),
    ("临时电缆泡在水里", "渣缓冷场东侧", "触电", "架空电缆，加漏保", "离地两米以上", "已架空，漏保动作正常"),
    ("安全阀铅封缺失", "氧气站 1 号罐", "超压不泄", "送检并重新铅封", "铅封完好，在检定期内", "已送检，铅封完好"),
    ("吊钩防脱扣断了", "检修间 5 吨葫芦", "重物脱钩", "换防脱扣", "能自动复位", "已更换"),
]
# How far each has come; a grave one lies with the workshop.
FATES = ("closed", "filed", "assigned", "rectified", "closed", "rejected", "returned", "assigned")
GRAVITIES = ("general", "larger", "general", "major")


class Reporter:
    def __init__(self, chance: random.Random, plant: Plant, present: datetime) -> None:
        self.chance, self.plant = chance, plant
        self.present = timezone.make_aware(present) if timezone.is_naive(present) else present

    def report(self, count: int) -> None:
        """Rules first, then `count` hazards, the older ones further on their way."""
        if not count:
            return
        with injected(self.present - timedelta(days=60)):
            self._publish()
        for n in range(count):
            self._live(TOLD[n % len(TOLD)], FATES[n % len(FATES)], GRAVITIES[n % len(GRAVITIES)], n)

    def _publish(self) -> None:
        drafter = self.plant.holder(Role.INNOVATION_OFFICER, self.plant.workshop)[0]
        publisher = self.plant.holder(Role.RULE_PUBLISHER, self.plant.workshop)[0]
        rules = dict(kinds.get("hazard").first_rules)
        unit = self.plant.workshop
        version = rulebook.draft(actor=drafter, kind="hazard", unit=unit, content=rules, note="首版")
        rulebook.submit(actor=drafter, version_id=version.pk)
        rulebook.publish(actor=publisher, version_id=version.pk, read=version.digest)

    def _live(self, told: tuple[str, ...], fate: str, gravity: str, n: int) -> None:
        ago = timedelta(days=12 + n * 2) if fate in ("closed", "rejected") else timedelta(days=1 + n % 3)
        moment = min(plant_calendar.due(self.present - ago, 0.1), self.present)
        team = self.chance.choice([team for teams in self.plant.teams.values() for team in teams])
        with injected(moment):
            case = self._file(told, gravity, self.chance.choice(self.plant.members[team.pk]))
        for act in WAYS[fate]:
            moment = min(plant_calendar.due(moment, 0.8), self.present)
            with injected(moment):
                act(self, case, told)

    def _file(self, told: tuple[str, ...], gravity: str, author: Person) -> Case:
        token = self._token()
        receive(
            actor=author, token=self._token(), holder=filing.holder_of(token), purpose="before", upload=self._photo()
        )
        typed = {"title": told[0], "severity": gravity, "unit": author.unit_id, "place": told[1], "danger": told[2]}
        form = forms.ReportForm(typed, person=author)
        assert form.is_valid(), form.errors
        return filing.file(actor=author, kind="hazard", token=token, form=form).case

    def assign(self, case: Case, told: tuple[str, ...]) -> None:
        with self._turn(case) as held:
            day = timezone.localdate(now()).isoformat()
            whom = self.chance.choice([p for p in self.plant.members[case.unit_id] if p.pk != case.author_id])
            typed = {"responsible": whom.employee_no, "standard": told[4], "measure": told[3], "due": day}
            self._save(forms.AssignmentForm, held, typed)

    def rectify(self, case: Case, told: tuple[str, ...]) -> None:
        with self._turn(case) as held:
            photos = MultiValueDict({"photos": [self._photo()]})
            self._save(forms.RectificationForm, held, {"note": told[5]}, photos)

    def check(self, case: Case, told: tuple[str, ...]) -> None:
        with self._turn(case) as held:
            held.approve("现场看过，合格。")

    def reject(self, case: Case, told: tuple[str, ...]) -> None:
        with self._turn(case) as held:
            held.reject("设备已报废停用，不属隐患。")

    def send_back(self, case: Case, told: tuple[str, ...]) -> None:
        with self._turn(case) as held:
            held.return_to("rectification", then="resume", reason="照片看不清整改部位，请补拍。")

    @contextmanager
    def _turn(self, case: Case) -> Iterator[Turn]:
        item = WorkItem.objects.filter(case=case, state="open").select_related("person").get()
        pool = self.plant.holders.get((item.role, item.unit_id or 0), [])
        actor = item.person or next(p for p in pool if independence.why_not(case, p) is None)
        with turn(actor=actor, case_id=case.pk, item_id=item.pk, token=self._token()) as held:
            yield held

    @staticmethod
    def _save(made: Any, held: Turn, typed: dict[str, Any], files: Any = None) -> None:
        form = made(typed, files, turn_case=held.case, person=held.actor)
        assert form.is_valid(), form.errors
        form.save(held)

    def _photo(self) -> SimpleUploadedFile:
        return SimpleUploadedFile("photo.jpg", picture(self.chance), content_type="image/jpeg")

    def _token(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)


WAYS = {
    "filed": (),
    "assigned": (Reporter.assign,),
    "rectified": (Reporter.assign, Reporter.rectify),
    "returned": (Reporter.assign, Reporter.rectify, Reporter.send_back),
    "closed": (Reporter.assign, Reporter.rectify, Reporter.check),
    "rejected": (Reporter.reject,),
}
