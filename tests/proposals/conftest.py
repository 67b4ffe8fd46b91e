"""A plant with proposal rules in force."""

from __future__ import annotations

import pytest

from tests.plant import Plant
from tests.proposal_story import publish_rules


@pytest.fixture
def ruled(plant: Plant, settings, tmp_path) -> Plant:
    settings.MEDIA_ROOT = str(tmp_path)
    publish_rules(plant)
    return plant
