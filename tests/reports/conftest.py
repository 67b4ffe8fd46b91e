"""A plant with rules in force and a calendar, since before the first life begins."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.plant import Plant
from tests.proposal_story import publish_rules
from tests.reports.lives import BEGINNING
from workflows.engine import plant_calendar
from workflows.ledger.clock import injected


def ruled_plant(plant: Plant) -> Plant:
    plant_calendar.import_year(2026)
    with injected(BEGINNING - timedelta(days=1)):
        publish_rules(plant)
    return plant


@pytest.fixture
def ruled(plant: Plant) -> Plant:
    return ruled_plant(plant)
