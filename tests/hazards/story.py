"""A hazard walked through its pages, by the people who would."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from tests.plant import Plant
from workflows.engine import kinds, rulebook
from workflows.engine.models import Case, RuleVersion, Step, WorkItem
from workflows.ledger.clock import now
from workflows.organisation.models import Person


def publish_rules(plant: Plant, **changes: Any) -> RuleVersion:
    content = dict(kinds.get("hazard").first_rules) | changes
    version = rulebook.draft(actor=plant.drafter, kind="hazard", unit=plant.workshop, content=content, note="首版")
    return hand_in_and_publish(plant, version)


def hand_in_and_publish(plant: Plant, version: RuleVersion) -> RuleVersion:
    rulebook.submit(actor=plant.drafter, version_id=version.pk)
    return rulebook.publish(actor=plant.publisher, version_id=version.pk, read=version.digest)


def photo(colour: str = "#a0461a", name: str = "现场.jpg") -> SimpleUploadedFile:
    target = BytesIO()
    Image.new("RGB", (40, 30), colour).save(target, "JPEG")
    return SimpleUploadedFile(name, target.getvalue(), content_type="image/jpeg")


def tomorrow() -> str:
    return (timezone.localdate(now()) + timedelta(days=1)).isoformat()


@dataclass
class HazardStory:
    plant: Plant
    case: Case | None = None

    def typed(self, **changes: Any) -> dict[str, Any]:
        return {
            "token": str(uuid4()), "title": "渣包吊耳有裂纹", "severity": "general", "unit": self.plant.team.pk,
            "place": "渣包跨 3 号位", "danger": "起吊时脱落，砸伤下方的人", "photos": [photo()],
        } | changes  # fmt: skip

    def report(self, person: Person | None = None, **changes: Any) -> Case:
        answer = self.plant.client(person or self.plant.author).post(reverse("file_hazard"), self.typed(**changes))
        assert answer.status_code == 303, answer.context["form"].errors
        self.case = Case.objects.get(number=answer["Location"].split("/")[2])
        return self.case

    def step(self) -> Step:
        assert self.case is not None
        return Step.objects.get(case=self.case, closed_at=None)

    def at(self) -> str:
        assert self.case is not None
        self.case.refresh_from_db()
        return f"closed:{self.case.standing}" if self.case.state == "closed" else self.step().node

    def item(self, person: Person) -> WorkItem:
        items = WorkItem.objects.filter(step=self.step(), state="open")
        return items.filter(person=person).first() or items.get(person=None)

    def address(self, person: Person, *more: str) -> str:
        item = self.item(person)
        return reverse("decide_sheet" if more else "decide", args=[item.case.number, item.pk, *more])

    def send(self, person: Person, verb: str, /, **typed: Any) -> Any:
        sent = {"verb": verb, "sheet": "1", "token": str(uuid4()), **typed}
        return self.plant.client(person).post(self.address(person), sent)

    def act(self, person: Person, verb: str, /, **typed: Any) -> None:
        answer = self.send(person, verb, **typed)
        assert answer.status_code == 303, answer.content.decode()

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

    def page(self, person: Person, address: str = "", **query: str) -> str:
        assert self.case is not None
        url = address or reverse("case", args=[self.case.number])
        answer = self.plant.client(person).get(url, query, follow=True)
        assert answer.status_code == 200, answer.status_code
        return str(answer.content.decode())
