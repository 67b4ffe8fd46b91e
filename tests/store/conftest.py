"""A plant with rules in force, and a proposal to walk through it."""

from __future__ import annotations

import pytest

from tests.plant import Plant
from tests.proposal_story import Story, publish_rules


@pytest.fixture
def ruled(plant: Plant) -> Plant:
    publish_rules(plant)
    return plant


@pytest.fixture
def story(ruled: Plant) -> Story:
    return Story(ruled)
