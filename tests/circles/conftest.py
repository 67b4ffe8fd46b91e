"""A plant with rules for circles in force and three judges."""

from __future__ import annotations

from typing import Any

import pytest

from tests.circles.story import CircleStory, begin
from tests.plant import Plant


@pytest.fixture
def story(plant: Plant, settings: Any, tmp_path: Any) -> CircleStory:
    settings.MEDIA_ROOT = tmp_path
    begin(plant)
    return CircleStory(plant)
