"""Below the pages: what was published stands, and who wrote a draft does not publish it."""

from __future__ import annotations

import random
from datetime import datetime

import pytest
from django.db import DatabaseError, transaction

from config.demo import equipment as seeded
from config.demo.people import Plant as DemoPlant
from maintenance_audit.register import content, drafting, keeping
from maintenance_audit.register.models import ClaimItem, ClaimTemplate, Equipment, FailureCode
from tests.plant import Plant
from tests.register.story import RegisterStory, row
from workflows.ledger.audit import _chains
from workflows.organisation.errors import Refused
from workflows.organisation.models import Role

pytestmark = pytest.mark.django_db


def test_a_published_template_is_never_changed(told: RegisterStory) -> None:
    template = told.template(told.kind())
    for change in (
        lambda: ClaimTemplate.objects.filter(pk=template.pk).update(note="x"),
        lambda: ClaimItem.objects.filter(template=template).update(allowed=50),
        lambda: ClaimItem.objects.filter(template=template).delete(),
        lambda: ClaimItem.objects.create(template=template, key="z", place=9, kind="other", label="z"),
        lambda: template.checks.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_whoever_wrote_a_part_publishes_nothing(plant: Plant, told: RegisterStory) -> None:
    kind = told.kind()
    draft = told.draft(kind)
    plant.hold(told.planner, Role.AUDIT_LEAD, plant.workshop)
    plant.hold(told.lead, Role.MAINTENANCE_PLANNER, plant.workshop)
    said = {"items": [row("other", "现场整洁")], "checks": []}
    later = drafting.write(actor=told.lead, work_kind=kind, content=said, read=told.read(draft))
    assert later.pk == draft.pk
    for writer in (told.planner, told.lead):
        with pytest.raises(Refused):
            drafting.publish(actor=writer, template=later, read=told.read(later))
    assert (
        drafting.publish(actor=plant.publisher, template=later, read=told.read(later)).published_by == plant.publisher
    )


def test_what_was_not_read_is_not_published(told: RegisterStory) -> None:
    kind = told.kind()
    draft = told.draft(kind)
    read = told.read(draft)
    told.draft(kind, row("hours", "检修工时", "h", "percent", "30"), read=read)
    with pytest.raises(drafting.ReadAnother):
        drafting.publish(actor=told.lead, template=draft, read=read)


def test_na_is_no_failure_code(told: RegisterStory) -> None:
    for written in ("NA", "na"):
        with pytest.raises(Refused):
            keeping.add_code(FailureCode, actor=told.planner, code=written, name="无")


def test_the_demo_has_a_register(plant: Plant, told: RegisterStory) -> None:
    """The invented plant's function, on this one: tags by section, codes, templates in force, chains that hold."""
    made = DemoPlant()
    made.workshop, made.sections = plant.workshop, [plant.section, plant.other_section, plant.acid_section]
    made.holders = {
        (Role.MAINTENANCE_PLANNER, plant.workshop.pk): [told.planner],
        (Role.AUDIT_LEAD, plant.workshop.pk): [told.lead],
    }
    found = seeded.seed(made, random.Random(1), datetime(2026, 11, 1))
    assert Equipment.objects.count() == 60
    assert ClaimTemplate.objects.in_force().count() == len(found.kinds) == 8
    assert ClaimTemplate.objects.drafts().count() == 1
    assert {item.tolerance for item in ClaimItem.objects.all()} == {"exact", "absolute", "percent", "judged"}
    template = found.templates["BZX"]
    assert list(_chains()) == []
    assert content.content_of(template)["items"][0]["label"] == "检修工时"
