from __future__ import annotations

import pytest

from tests.history.story import HistoryStory
from tests.plant import Plant


@pytest.fixture
def story(plant: Plant) -> HistoryStory:
    return HistoryStory(plant)
