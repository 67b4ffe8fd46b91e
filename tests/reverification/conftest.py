from __future__ import annotations

import pytest

from tests.plant import Plant
from tests.reverification.story import YearStory, publish_rules


@pytest.fixture
def story(plant: Plant) -> YearStory:
    told = YearStory(plant)
    publish_rules(plant)
    return told
