from __future__ import annotations

import pytest

from tests.plant import Plant
from tests.register.story import RegisterStory


@pytest.fixture
def told(plant: Plant) -> RegisterStory:
    return RegisterStory(plant)
