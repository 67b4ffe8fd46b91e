"""From the acceptance to the verified effect, step by step through the pages."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from innovation.proposals.models import Problem
from tests.proposal_story import Story
from workflows.documents.models import Document
from workflows.engine.models import Decision
from workflows.organisation.models import Person

pytestmark = pytest.mark.django_db


def send(story: Story, person: Person, verb: str = "complete", **typed: Any) -> Any:
    item = story.item(person)
    url = reverse("decide", args=[item.case.number, item.pk])
    client = story.plant.client(person)
    page = client.get(url)
    assert page.status_code == 200, page
    return client.post(url, {"verb": verb, "token": str(uuid4()), **typed})


def photo() -> SimpleUploadedFile:
    target = BytesIO()
    Image.new("RGB", (40, 30), "#a0461a").save(target, "JPEG")
    return SimpleUploadedFile("改后.jpg", target.getvalue(), content_type="image/jpeg")


def test_a_small_improvement_to_its_verified_effect(story: Story, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    plant, chief = story.plant, story.plant.section_chiefs[0]
    case = story.file(benefit="46080.00", cost="300.00", category="small_improvement")
    story.act(plant.team_leader, "approve")

    yesterday = timezone.localdate() - timedelta(days=1)
    wrong = send(story, chief, implementer="谁也不是", due=yesterday.isoformat())
    text = wrong.content.decode()
    assert wrong.status_code == 422 and "这一天已经过去" in text and "谁也不是" in text and "没有这个工号或姓名" in text
    due = timezone.localdate() + timedelta(days=5)
    assert send(story, chief, implementer=plant.coauthor.name, due=due.isoformat()).status_code == 303
    case.refresh_from_db()
    assert (case.standing, story.at()) == ("implementing", "implementation")

    assert send(story, plant.coauthor, note="").status_code == 422
    bad = SimpleUploadedFile("x.jpg", b"no photo at all")
    refused = send(story, plant.coauthor, note="装好了", photos=[bad])
    assert refused.status_code == 422 and "装好了" in refused.content.decode() and story.at() == "implementation"
    assert send(story, plant.coauthor, note="装好了，运行一周无渗漏", photos=[photo()]).status_code == 303
    case.refresh_from_db()
    assert (case.standing, story.at()) == ("implemented", "effect_report")
    assert Document.objects.get(holder=f"case:{case.pk}").purpose == "evidence"

    assert send(story, plant.coauthor, saving="十万", note="电表").status_code == 422
    answer = send(story, plant.coauthor, saving="40,000.00", added_cost="1000", investment="301", note="按三个月电表")
    assert answer.status_code == 303 and story.at() == "chief_check"
    assert send(story, chief, "approve").status_code == 303
    case.refresh_from_db()
    assert case.standing == "verified"
    case.proposal.refresh_from_db()  # type: ignore[attr-defined]
    assert case.proposal.verified_benefit == Decimal("38899.67")  # type: ignore[attr-defined]
    assert case.proposal.forecast_benefit == Decimal("46080.00")  # type: ignore[attr-defined]
    page = plant.client(plant.author).get(reverse("case", args=[case.number])).content.decode()
    assert "¥38,899.67" in page and "¥46,080.00" in page


def test_what_was_done_solves_other_problems_too(story: Story) -> None:
    plant = story.plant
    with transaction.atomic():
        near, far = (
            Problem.raise_new(title=title, unit=unit, by=plant.author)
            for title, unit in (("吹扫管常堵", plant.section), ("外车间的事", plant.company))
        )
    case = story.file(benefit="46080.00", cost="300.00", category="small_improvement")
    story.act(plant.team_leader, "approve")
    due = (timezone.localdate() + timedelta(days=5)).isoformat()
    send(story, plant.section_chiefs[0], implementer=plant.coauthor.name, due=due)

    wrong = send(story, plant.coauthor, note="装好了", also_solves=f"{near.number}，{far.number}")
    assert wrong.status_code == 422 and f"您能看到的难题里没有 {far.number}" in wrong.content.decode()
    assert f"{near.number}，{far.number}" in wrong.content.decode() and not case.proposal.also_solves.exists()  # type: ignore[attr-defined]
    assert send(story, plant.coauthor, note="装好了", also_solves=f" {near.number.lower()} ").status_code == 303
    assert list(case.proposal.also_solves.all()) == [near]  # type: ignore[attr-defined]
    done = Decision.objects.get(case=case, step__node="implementation")
    assert done.data["also_solves"] == [near.number]
    assert "还解决了" in plant.client(plant.author).get(reverse("case", args=[case.number])).content.decode()
    page = plant.client(plant.author).get(reverse("problem_detail", args=[near.number])).content.decode()
    assert case.number in page


def test_a_rejection_is_appealed_with_a_reason(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "reject", "与现有办法重复")
    assert send(story, plant.author, reason=" ").status_code == 422
    assert send(story, plant.author, reason="两种办法不同，见附图").status_code == 303
    assert story.at() == "section_review"


def test_the_returned_author_is_led_to_the_mending_page(story: Story) -> None:
    plant = story.plant
    case = story.file()
    story.act(plant.team_leader, "return_to", "revision", then="resume", reason="写明氧浓")
    item = story.item(plant.author)
    text = plant.client(plant.author).get(reverse("decide", args=[case.number, item.pk])).content.decode()
    assert reverse("revise_proposal", args=[case.number]) in text and "写明氧浓" in text


def test_nobody_else_does_somebody_s_work(story: Story) -> None:
    plant = story.plant
    story.file(benefit="1.00", cost="0.00", category="small_improvement")
    story.act(plant.team_leader, "approve")
    item = story.item(plant.section_chiefs[0])
    url = reverse("decide", args=[item.case.number, item.pk])
    for person, code in ((plant.author, 403), (plant.other_chief, 403)):
        assert plant.client(person).post(url, {"verb": "complete", "token": str(uuid4())}).status_code == code
    assert story.at() == "arrangement"
