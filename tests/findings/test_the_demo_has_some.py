"""Seeded findings have come as far as their forms let them; the earlier ones came in closed."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from config.demo import assessments, findings
from maintenance_audit.assessments.models import Assessment, ProcessProblem
from maintenance_audit.findings import opening
from maintenance_audit.findings.models import Extension, Finding
from maintenance_audit.inspections.models import Ruling
from maintenance_audit.jobs.models import Job
from tests.circles.test_the_demo_has_some import demo_of
from tests.findings.story import claim, drawn, job, people, ruling
from tests.plant import Plant
from workflows.engine.models import Decision
from workflows.ledger.clock import injected, now
from workflows.organisation.models import Role

pytestmark = pytest.mark.django_db


def test_seeded_findings_and_checks(plant: Plant, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    people(plant)
    plant.hold(plant.drafter, Role.INNOVATION_OFFICER, plant.workshop)
    with injected(now() - timedelta(days=60)):
        for n in range(findings.WALKED + 4):
            made = job(plant, f"WX-D-{n:03d}")
            ruling(drawn(plant, made), claim(made), severity=("minor", "major", "critical")[n % 3])
    Job.objects.filter(number__lt="WX-D-019").update(state="settled", settled_at=now() - timedelta(days=40))
    Ruling.objects.filter(pk__in=Ruling.objects.order_by("-pk").values("pk")[:3]).update(
        ruled_at=now() - timedelta(days=1)
    )
    present, demo = timezone.make_naive(now()), demo_of(plant)
    findings.seed(demo, random.Random(1), present)
    assessments.seed(demo, random.Random(2), present)
    assert (
        Finding.objects.filter(case__imported=True, case__state="closed").count() == 3
    )  # one of the latest waits for a release besides
    standings = set(Finding.objects.values_list("case__standing", flat=True))
    assert standings == {"", "closed", "dropped"} and opening.open_missing() == []
    assert not Decision.objects.filter(decided_at__gt=now()).exists()
    assert Assessment.objects.published().exists()
    assert set(ProcessProblem.objects.values_list("status", flat=True)) == {"open", "measured", "closed"}
    client = plant.client(plant.extra["lead"])
    for row in Finding.objects.select_related("case").order_by("pk")[:6]:
        assert client.get(reverse("finding", args=[row.case.number])).status_code == 200
    assert client.get(reverse("finding_list")).status_code == 200
    _a_settlement_is_held_and_its_release_waits(plant)
    given = list(Extension.objects.filter(granted=True).select_related("finding"))
    assert given and all(one.until == one.finding.rectify_by >= timezone.localdate() for one in given)
    asked = client.get(reverse("finding_list"), {"state": "asked"}).context["rows"]
    assert {row.finding.pk for row in asked} == set(
        Extension.objects.filter(granted=None).values_list("finding", flat=True)
    )
    waits = asked[0].finding
    assert waits.rectify_by >= timezone.localdate()
    page = client.get(reverse("finding", args=[waits.case.number])).content.decode()
    assert reverse("finding_extension_answer", args=[waits.case.number]) in page


def _a_settlement_is_held_and_its_release_waits(plant: Plant) -> None:
    """Whoever opens the demo sees at once what holds a settlement, and a release that asks to be approved."""
    held = Finding.objects.filter(severity="critical", job__holds__released_at=None, job__holds__cause="finding")
    waits = held.get(case__steps__node="release_approval", case__steps__closed_at=None)
    assert waits.job.state == "accepted" and waits.job.settled_at is None
    assert held.exclude(pk=waits.pk).filter(closed_at=None, withdrawn_at=None).exists()
    page = plant.client(plant.reviewers[0]).get(reverse("finding", args=[waits.case.number])).content.decode()
    assert "/tasks/" in page
