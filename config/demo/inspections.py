"""Records of the invented plant's draws: two inspectors of each drawn job seal theirs through the very services that
their phones send to; what they differ in the audit lead rules. Of the lot that is being inspected some records are
sealed, one disagreement waits."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from config.demo.latest import picture
from config.demo.people import Plant
from maintenance_audit.inspections import answers, comparing, photos, ruling, sealing, sheet, warning
from maintenance_audit.inspections.answers import Sent
from maintenance_audit.inspections.models import Adjudication, Inspection, Verdict
from maintenance_audit.inspections.owning import RELATED
from maintenance_audit.jobs.models import Claim
from maintenance_audit.lots.models import DrawnJob, Lot
from maintenance_audit.register.models import ClaimKind, Form
from workflows.engine import plant_calendar
from workflows.engine.models import WorkItem
from workflows.engine.turn import turn
from workflows.ledger.clock import injected
from workflows.organisation.models import Person, Role

# Of a hundred claims so many are false; each form finds a false one so often, and takes a good one for bad so often.
FALSE, FINDS, MISTAKES, UNCLEAR = 5, 80, 1, 4
WRONG = {
    ClaimKind.HOURS: ("签到表只有 3 人、11 小时", "", "major"),
    ClaimKind.HEADCOUNT: ("门禁记录只进了 3 人", "", "minor"),
    ClaimKind.NEW_PART: ("旧件，端面有磨痕，编号是前年的", "old_part", "critical"),
    ClaimKind.OLD_PART: ("备件库没有入库单", "", "major"),
    ClaimKind.HIDDEN_WORK: ("缺两张隐蔽照片", "", "major"),
    ClaimKind.TRIAL_RUN: ("趋势上只转了 40 分钟", "", "minor"),
    ClaimKind.PERMIT: ("能量隔离票没有挂牌记录", "", "major"),
}
ELSE = ("现场数少一件", "", "minor")
REASONS = ("以现场照片为准。", "以门禁和签到记录为准。", "两处记录对照后认定。")


def seed(plant: Plant, chance: random.Random, present: datetime, *, lot: Lot | None = None) -> None:
    """After the lots: the one that is being inspected goes on, and somebody has warned of danger."""
    records = Records(plant, chance)
    moment = timezone.make_aware(present) if timezone.is_naive(present) else present
    if lot is not None:
        records.begin(lot, moment - timedelta(hours=6))
    records.warn(moment - timedelta(hours=20))


class Records:
    """`inspect` is what `config.demo.lots` asks for: a whole tier, from the draw to the last ruling."""

    def __init__(self, plant: Plant, chance: random.Random) -> None:
        self.plant, self.chance = plant, chance
        self.false: dict[int, bool] = {}  # claim → is it? Both forms look at the same work

    def inspect(self, lot: Lot, moment: datetime) -> datetime:
        for drawn in self._drawn(lot):
            for form in (Form.SITE, Form.RECORDS):
                moment = plant_calendar.due(moment, 0.5)
                self._seal(drawn, form, moment)
            self._rule(drawn, plant_calendar.due(moment, 0.25))
        return moment

    def begin(self, lot: Lot, moment: datetime) -> None:
        """Some are sealed by both, some by one, the rest by nobody yet; the first disagreement waits for its ruling. In
        the last one both found the same critical thing: its settlement is held."""
        there = self._drawn(lot)
        for n, drawn in enumerate(there):
            grave = n > 0 and n == len(there) - 1
            for form in [Form.SITE, Form.RECORDS][: 2 if grave else max(0, 2 - n)]:
                moment += timedelta(minutes=25)
                self._seal(drawn, form, moment, differ=n == 0 and form == Form.SITE, grave=grave)

    def _drawn(self, lot: Lot) -> list[DrawnJob]:
        tier = Lot.objects.values_list("tier", flat=True).get(pk=lot.pk)
        found = DrawnJob.objects.filter(draw__lot=lot, draw__tier=tier, concluded_at=None).order_by("place")
        return list(found.select_related("draw", "lot_job__job"))

    # ---------------------------------------------------------------- one record
    def _seal(self, drawn: DrawnJob, form: str, moment: datetime, *, differ: bool = False, grave: bool = False) -> None:
        found = Inspection.objects.filter(drawn_job=drawn, form=form, assignment__ended_at=None, sealed_at=None)
        one = found.select_related(*RELATED).first()
        if one is None:
            return
        asked, person = sheet.of(one), one.assignment.person
        with injected(moment):
            answers.keep(one, self._answers(asked, moment, differ=differ, grave=grave), asked)
            if form == Form.SITE and self.chance.randrange(4) == 0 and asked.claims:
                self._photo(one, person, sheet.key_of(asked.claims[0]), moment)
            item = WorkItem.objects.values_list("pk", flat=True).get(case=one.case_id, person=person)
            with turn(actor=person, case_id=one.case_id, item_id=item, token=self._token()) as held:
                sealing.seal_in_turn(held)

    def _answers(self, asked: sheet.Sheet, moment: datetime, *, differ: bool, grave: bool) -> list[Sent]:
        at = (moment - timedelta(minutes=self.chance.randrange(5, 150))).isoformat()
        worst = _worst(asked.claims) if grave else None
        sent = [
            Sent(
                sheet.key_of(claim),
                self._token(),
                self._verdict(claim, bad=differ and n == 0, worst=worst) | {"at": at},
            )
            for n, claim in enumerate(asked.claims)
        ]
        sent += [Sent(f"check:{check.place}", self._token(), {"passed": "yes", "at": at}) for check in asked.checks]
        if asked.wants_tag:
            how = self.chance.choice(["scan", "scan", "typed"])
            sent.append(Sent("tag", self._token(), {"how": how, "tag": asked.job.equipment.tag, "at": at}))
        return sent

    def _verdict(self, claim: Claim, *, bad: bool, worst: Claim | None) -> dict[str, str]:
        if worst is not None:  # of this job both say the same of each claim
            return _found(claim, severity="critical") if claim == worst else _as_claimed(claim)
        false = self.false.setdefault(claim.pk, self.chance.randrange(100) < FALSE)
        if self.chance.randrange(100) < UNCLEAR:
            return {"verdict": Verdict.CANNOT_VERIFY.value, "note": "中控趋势只留 14 天。"}
        if bad or self.chance.randrange(100) < (FINDS if false else MISTAKES):
            return _found(claim)
        return _as_claimed(claim)

    def _photo(self, one: Inspection, person: Person, key: str, moment: datetime) -> None:
        upload = SimpleUploadedFile("a.jpg", picture(self.chance), "image/jpeg")
        photos.add(one, actor=person, token=self._token(), key=key, upload=upload,
                   reported={"at": (moment - timedelta(minutes=40)).isoformat()})  # fmt: skip

    # ---------------------------------------------------------------- what they differ in
    def _rule(self, drawn: DrawnJob, moment: datetime) -> None:
        row = Adjudication.objects.filter(drawn_job=drawn, case__state="open").first()
        if row is None:
            return
        for claim in comparing.differing(drawn):
            item = WorkItem.objects.filter(case=row.case_id, state="open").select_related("person").get()
            lead = item.person or Person.objects.get(pk=self.plant.holder(Role.AUDIT_LEAD, self.plant.workshop)[0].pk)
            with injected(moment), turn(
                actor=lead, case_id=row.case_id, item_id=item.pk, token=self._token()
            ) as held:  # fmt: skip
                ruling.rule_in_turn(held, self._ruling(claim))

    def _ruling(self, claim: Claim) -> dict[str, Any]:
        said: dict[str, Any] = {"claim": claim.pk, "reasons": self.chance.choice(REASONS), "severity": "", "nature": ""}
        if not self.false.get(claim.pk):
            return said | {"verdict": Verdict.CONFORMING.value}
        _note, nature, severity = WRONG.get(ClaimKind(claim.kind), ELSE)
        return said | {"verdict": Verdict.NONCONFORMING.value, "severity": severity, "nature": nature}

    # ---------------------------------------------------------------- danger
    def warn(self, moment: datetime) -> None:
        someone = Person.objects.filter(holdings__role=Role.INSPECTOR).order_by("employee_no").first()
        section = warning.sections_for(someone).first() if someone else None
        if someone is None or section is None:
            return
        with injected(moment):
            warning.send(actor=someone, token=self._token(), section=section, place="循环水泵坑",
                         danger="检修后盖板没有复位，照明不亮，有人会踩空。")  # fmt: skip

    def _token(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)


def _found(claim: Claim, severity: str = "") -> dict[str, str]:
    note, nature, usual = WRONG.get(ClaimKind(claim.kind), ELSE)
    return {"verdict": Verdict.NONCONFORMING.value, "note": note, "nature": nature, "severity": severity or usual,
            "value": _less(claim)}  # fmt: skip


def _as_claimed(claim: Claim) -> dict[str, str]:
    value = f"{claim.value.normalize():f}" if claim.value is not None and answers.is_measured(claim) else ""
    return {"verdict": Verdict.CONFORMING.value, "value": value}


def _worst(claims: Sequence[Claim]) -> Claim | None:
    """Of those that both forms see, a part said to be new if there is one."""
    seen = [claim for claim in claims if claim.seen == "both"] or list(claims)
    return next((claim for claim in seen if claim.kind == ClaimKind.NEW_PART), seen[0] if seen else None)


def _less(claim: Claim) -> str:
    return f"{less(claim).normalize():f}" if claim.value is not None and answers.is_measured(claim) else ""


def less(claim: Claim) -> Decimal:
    """Plainly outside any tolerance; people, pieces and times come whole."""
    assert claim.value is not None
    found = claim.value * Decimal("0.6")
    whole = claim.value == claim.value.to_integral_value()
    return found.quantize(Decimal(1) if whole else Decimal("0.01"), ROUND_FLOOR).quantize(claim.value)
