"""A plant with rules in force, and proposals under way."""

from __future__ import annotations

import pytest

from tests.plant import Plant
from tests.proposal_story import Story, publish_rules


@pytest.fixture
def story(plant: Plant) -> Story:
    publish_rules(plant)
    return Story(plant)
