"""A hazard walked through its pages, by the people who would."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from tests.case_story import CaseStory, publish_rules_of
from tests.plant import Plant
from workflows.engine.models import Case, RuleVersion
from workflows.ledger.clock import now
from workflows.organisation.models import Person


def publish_rules(plant: Plant, **changes: Any) -> RuleVersion:
    return publish_rules_of(plant, "hazard", **changes)


def photo(colour: str = "#a0461a", name: str = "现场.jpg") -> SimpleUploadedFile:
    target = BytesIO()
    Image.new("RGB", (40, 30), colour).save(target, "JPEG")
    return SimpleUploadedFile(name, target.getvalue(), content_type="image/jpeg")


def tomorrow() -> str:
    return (timezone.localdate(now()) + timedelta(days=1)).isoformat()


class HazardStory(CaseStory):
    def typed(self, **changes: Any) -> dict[str, Any]:
        return {
            "token": str(uuid4()), "title": "渣包吊耳有裂纹", "severity": "general", "unit": self.plant.team.pk,
            "place": "渣包跨 3 号位", "danger": "起吊时脱落，砸伤下方的人", "photos": [photo()],
        } | changes  # fmt: skip

    def report(self, person: Person | None = None, **changes: Any) -> Case:
        return self.filed("file_hazard", person or self.plant.author, self.typed(**changes))

    def assign(self, person: Person | None = None, **changes: Any) -> None:
        self.act(person or self.plant.section_chiefs[0], "complete", **self.order(**changes))

    def order(self, **changes: Any) -> dict[str, Any]:
        return {
            "responsible": self.plant.teammate.employee_no, "standard": "探伤无裂纹", "due": tomorrow(),
            "measure": "停用该渣包，换吊耳；此前挂牌", **changes,
        }  # fmt: skip

    def rectify(self, person: Person | None = None, **changes: Any) -> None:
        typed = {"note": "已换新吊耳，探伤合格", "photos": [photo("#228844", "整改后.jpg")]} | changes
        self.act(person or self.plant.teammate, "complete", **typed)
