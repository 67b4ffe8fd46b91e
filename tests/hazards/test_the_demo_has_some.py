"""A seeded plant has hazards at every step of their way, lived through the same forms."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from workflows.engine.models import Case, Decision, Step
from workflows.ledger.clock import now

pytestmark = pytest.mark.django_db


def test_hazards_of_a_demo_stand_at_every_step(settings: Any, tmp_path: Path, monkeypatch: Any) -> None:
    settings.DEMO, settings.MEDIA_ROOT = True, tmp_path / "media"
    monkeypatch.setitem(os.environ, "ASSAY_SIGN_INS", str(tmp_path / "sign-ins.txt"))
    call_command("seed_demo", people=60, years=1, cases=10, hazards=8, jobs=0, rounds=0, stdout=io.StringIO())
    hazards = Case.objects.filter(kind="hazard")
    assert hazards.count() == 8 and hazards.filter(standing="closed").count() == 2
    nodes = set(Step.objects.filter(case__kind="hazard", closed_at=None).values_list("node", flat=True))
    assert "rectification" in nodes and any("assignment" in n for n in nodes) and any("verif" in n for n in nodes)
    assert not Decision.objects.filter(case__kind="hazard", decided_at__gt=now()).exists()
