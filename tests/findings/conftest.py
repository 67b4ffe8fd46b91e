"""A plant with the rules of findings in force, and whom they need."""

from __future__ import annotations

from typing import Any

import pytest

from tests.findings.story import FindingStory, people, publish_rules
from tests.plant import Plant


@pytest.fixture
def story(plant: Plant, settings: Any, tmp_path: Any) -> FindingStory:
    settings.MEDIA_ROOT = tmp_path
    people(plant)
    publish_rules(plant)
    return FindingStory(plant)
