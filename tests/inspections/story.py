"""Telling inspections in tests: a drawn lot whose jobs have claims, and inspectors who answer and seal."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.test import Client
from PIL import Image

from maintenance_audit.inspections import answers, comparing, sealing, sheet
from maintenance_audit.inspections.answers import Sent
from maintenance_audit.inspections.models import Adjudication, Inspection
from maintenance_audit.jobs.models import Claim, Job
from maintenance_audit.lots.models import Draw, DrawnJob
from tests.lots.story import LotStory
from workflows.engine.models import WorkItem
from workflows.engine.turn import turn
from workflows.ledger.clock import now
from workflows.organisation.models import Person

CLAIMS: tuple[dict[str, Any], ...] = (
    {"key": "seal", "kind": "new_part", "label": "更换机械密封", "said": "新件 1 套，旧件已交回",
     "severity": "critical"},
    {"key": "axis", "kind": "quantity", "label": "同轴度", "measure": "mm", "value": Decimal("0.04"),
     "tolerance": "absolute", "allowed": Decimal("0.02")},
    {"key": "hours", "kind": "hours", "label": "工时", "measure": "h", "value": Decimal(16), "tolerance": "percent",
     "allowed": Decimal(10), "seen": "records", "severity": "minor"},
    {"key": "trial", "kind": "trial_run", "label": "试车 2 小时", "said": "14:00—16:00", "seen": "both"},
)  # fmt: skip
FINE: dict[str, dict[str, str]] = {
    "seal": {"verdict": "conforming"},
    "axis": {"verdict": "conforming", "value": "0.05"},
    "hours": {"verdict": "conforming", "value": "16"},
    "trial": {"verdict": "conforming"},
}
OLD_PART = {"verdict": "nonconforming", "severity": "critical", "nature": "old_part", "note": "旧件，端面有磨痕"}


@dataclass
class InspectionStory(LotStory):
    def jobs(self, count: int, **fields: Any) -> list[Job]:
        made = super().jobs(count, **fields)
        moment = now() - timedelta(days=20)
        Claim.objects.bulk_create(
            Claim(job=job, place=place, claimed_at=moment, **claim)
            for job in made
            for place, claim in enumerate(CLAIMS, 1)
        )
        return made

    def inspection(self, form: str, number: str = "", tier: int = 1) -> Inspection:
        """Of the first drawn job, or of the one named."""
        found = Inspection.objects.filter(
            drawn_job__draw__lot=self.lot_id, drawn_job__draw__tier=tier, form=form, assignment__ended_at=None
        )
        if number:
            found = found.filter(drawn_job__lot_job__number=number)
        row: Inspection = found.select_related("case", "assignment__person").order_by("drawn_job__place").first()
        return row

    def write(self, inspection: Inspection, **changed: Mapping[str, str]) -> None:
        """Everything fine but what is said to be otherwise, by the claim's key; `tag` for the tag."""
        asked = sheet.of(Inspection.objects.get(pk=inspection.pk))
        said = {key: {**FINE[key], **changed.get(key, {})} for key in FINE}
        sent = [Sent(sheet.key_of(claim), uuid4(), said[claim.key]) for claim in asked.claims]
        if asked.wants_tag:
            sent.append(Sent("tag", uuid4(), changed.get("tag", {"how": "scan", "tag": asked.job.equipment.tag})))
        sent += [Sent(f"check:{check.place}", uuid4(), {"passed": "yes"}) for check in asked.checks]
        assert answers.keep(inspection, sent, asked) == {}

    @contextmanager
    def held(self, inspection: Inspection) -> Any:
        person = Person.objects.get(pk=inspection.assignment.person_id)
        item = WorkItem.objects.get(case=inspection.case_id)
        with turn(actor=person, case_id=inspection.case_id, item_id=item.pk) as held:
            yield held

    def seal(self, inspection: Inspection, **changed: Mapping[str, str]) -> None:
        self.write(inspection, **changed)
        with self.held(inspection) as held:
            sealing.seal_in_turn(held)

    def check(self, number: str = "", *, site: Any = None, records: Any = None, tier: int = 1) -> DrawnJob:
        """Both forms of one job, sealed."""
        one, other = self.inspection("site", number, tier), self.inspection("records", number, tier)
        self.seal(one, **(site or {}))
        self.seal(other, **(records or {}))
        return DrawnJob.objects.get(pk=one.drawn_job_id)

    def check_all(self, tier: int = 1, **changed: Any) -> None:
        for number in self.numbers(tier):
            self.check(number, tier=tier, **changed)

    def top_is_sealed(self) -> None:
        """Nobody checks anything of the lot any more: from now on its results are told."""
        Draw.objects.create(lot_id=self.lot_id, tier=3, round=1, seed="0" * 64, size=0, staff_digest="0" * 64,
                            drawn_at=now(), sealed_at=now())  # fmt: skip

    def rule(self, drawn_job: DrawnJob, **said: str) -> None:
        """The audit lead rules each open claim in the same way, through the page."""
        case = Adjudication.objects.get(drawn_job=drawn_job).case
        for claim in comparing.differing(drawn_job):
            answer = self.plant.client(self.lead).post(
                f"/inspections/adjudications/{case.number}/",
                {"claim": claim.pk, "token": str(uuid4()), "reasons": "以现场照片为准。", **said},
            )
            assert answer.status_code == 303, answer.content.decode()

    def client(self, inspection: Inspection, **options: Any) -> Client:
        return self.plant.client(inspection.assignment.person, **options)


def picture(exif: Any = None) -> BytesIO:
    out = BytesIO()
    image = Image.new("RGB", (640, 480), (90, 70, 26))
    image.save(out, "JPEG", **({"exif": exif} if exif is not None else {}))
    out.seek(0)
    out.name = "现场.jpg"
    return out
