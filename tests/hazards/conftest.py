"""A plant with hazard rules in force."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hazards.story import HazardStory, publish_rules
from tests.plant import Plant


@pytest.fixture
def story(plant: Plant, settings: Any, tmp_path: Any) -> HazardStory:
    settings.MEDIA_ROOT = tmp_path
    publish_rules(plant)
    return HazardStory(plant)
