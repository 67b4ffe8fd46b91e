"""Seeded circles have come as far as their forms let them."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from config.demo import circles
from config.demo.people import Plant as DemoPlant
from maintenance_audit.circles.models import Circle
from tests.circles.story import seat_judges
from tests.plant import Plant
from workflows.engine.models import Decision
from workflows.ledger.clock import now
from workflows.organisation.models import Person, Role, RoleHolding

pytestmark = pytest.mark.django_db


def test_seeded_circles_stand_where_their_forms_brought_them(plant: Plant, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    seat_judges(plant)
    plant.hold(plant.drafter, Role.INNOVATION_OFFICER, plant.workshop)
    plant.hold(plant.drafter, Role.RULE_DRAFTER, plant.section)
    plant.hold(plant.teammate, Role.OBSERVER, plant.team)
    circles.seed(demo_of(plant), random.Random(1), timezone.make_naive(now()))
    standings = list(Circle.objects.order_by("pk").values_list("case__standing", flat=True))
    assert standings == ["accepted"] * 3 + [""] * 3
    assert not Decision.objects.filter(case__kind="circle", decided_at__gt=now()).exists()


def demo_of(plant: Plant) -> DemoPlant:
    """The same people as the demo's founder would list them; only one team has enough of them."""
    demo = DemoPlant()
    demo.workshop, demo.sections, demo.teams = plant.workshop, [plant.section], {plant.section.pk: [plant.team]}
    for held in RoleHolding.objects.select_related("person"):
        demo.holders.setdefault((held.role, held.unit_id), []).append(held.person)
    demo.members = {plant.team.pk: list(Person.objects.filter(unit=plant.team))}
    return demo
