"""Seeded jobs: a believable past that came from elsewhere, and this week's where their forms brought them."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db.models import Count
from django.utils import timezone

from config.demo import jobs
from config.demo.people import Plant as DemoPlant
from maintenance_audit.jobs.models import Claim, Job, JobPerson, Source
from tests.jobs.story import repeats_in
from tests.plant import Plant, _Builder
from workflows.engine.models import Decision
from workflows.ledger import audit
from workflows.ledger.clock import now
from workflows.ledger.models import Entry
from workflows.organisation.models import Person, Role, RoleHolding, Unit

pytestmark = pytest.mark.django_db


def demo_of(plant: Plant) -> DemoPlant:
    """The same people as the demo's founder would list them, with three more in each team."""
    make = _Builder()
    make.number, make.password = 40000, make_password("x")
    teams = {plant.section: [plant.team, plant.second_team], plant.other_section: [plant.other_team]}
    for team in (team for own in teams.values() for team in own):
        for n in range(3):
            make.person(f"{team.name}{n}", team)
    demo = DemoPlant()
    demo.company, demo.workshop, demo.sections = plant.company, plant.workshop, list(teams)
    demo.teams = {section.pk: own for section, own in teams.items()}
    demo.people = list(Person.objects.select_related("unit"))
    for held in RoleHolding.objects.select_related("person"):
        demo.holders.setdefault((held.role, held.unit_id), []).append(held.person)
    for person in demo.people:
        demo.members.setdefault(person.unit_id, []).append(person)
    return demo


def test_a_past_and_a_present(plant: Plant, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    Unit.objects.filter(pk=plant.contractor.pk).update(code="WW-0")  # the demo has firms of its own
    plant.hold(plant.section_member, Role.AUDIT_LEAD, plant.workshop)
    plant.hold(plant.drafter, Role.INNOVATION_OFFICER, plant.workshop)
    numbers = list(Person.objects.order_by("pk").values_list("employee_no", flat=True))
    made = jobs.seed(demo_of(plant), random.Random(1), timezone.make_naive(now()), months=4)
    assert [*Person.objects.order_by("pk").values_list("employee_no", flat=True)][: len(numbers)] == numbers
    past = Job.objects.filter(source=Source.SHEET)
    assert 4 * jobs.A_MONTH <= past.count() == len(made.jobs) <= 5 * jobs.A_MONTH
    today = timezone.localdate(now())
    assert not past.filter(accepted_on__gt=today).exists() and not past.filter(received_at__gt=now()).exists()
    unsettled = past.filter(settled_at=None)
    assert unsettled.exists() and set(unsettled.values_list("state", flat=True)) == {"accepted"}
    assert past.filter(state="settled").exists() and past.filter(contractor=None).count() == 0
    found = repeats_in(past)
    assert 0 < found.orders == past.filter(repeats__isnull=False).count() < found.of_orders / 3 and found.without_code
    assert Claim.objects.filter(job__in=past).count() > 3 * past.count()
    assert JobPerson.objects.filter(part="acceptor", job__in=past).count() == past.count()
    live = dict(Job.objects.filter(source=Source.FORM).values_list("state").annotate(Count("pk")).order_by())
    assert live == {
        "requested": 3, "approved": 2, "dispatched": 1, "started": 3, "completed": 2, "accepted": 2, "settled": 1,
        "cancelled": 1,
    }  # fmt: skip
    assert not Decision.objects.filter(decided_at__gt=now()).exists()
    assert Entry.objects.filter(event="maintenance_audit.job.imported").count() == past.count()
    assert not list(audit.problems([]))
