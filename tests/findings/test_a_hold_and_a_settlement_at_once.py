"""A hold placed while settlement is being pressed: one of both comes first, and the other is told plainly."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from maintenance_audit.findings import opening
from maintenance_audit.findings.models import Finding
from maintenance_audit.jobs.models import Job, SettlementHold
from tests.findings.story import claim, drawn, people, publish_rules, ruling
from tests.jobs import story as jobs
from tests.plant import Plant
from tests.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("turn", range(3))
def test_one_of_both_wins(plant: Plant, turn: int) -> None:
    jobs.Register.of(plant)
    jobs.publish_rules(plant)
    people(plant)
    publish_rules(plant)
    told = jobs.JobStory(plant)
    told.accepted()
    job = told.job
    found = ruling(drawn(plant, job), claim(job, "found_later", kind="other"), severity="critical")
    answers: list[Any] = []
    planner = told.register.planner
    url, client = told.address(planner), plant.client(planner)

    def settle() -> None:
        answers.append(client.post(url, {"verb": "complete", "amount": "3100.00", "token": f"{turn}" * 32}))

    def find() -> None:
        with transaction.atomic():
            opening.open_for(found)

    at_once(settle, find)
    job, finding = Job.objects.get(pk=job.pk), Finding.objects.get()
    held = SettlementHold.objects.standing().filter(job=job, reference=finding.case.number).exists()
    assert held != (job.settled_at is not None)
    if held:
        assert answers[0].status_code == 422 and finding.case.number in answers[0].content.decode()
    else:
        assert answers[0].status_code == 303 and finding.unheld_why
