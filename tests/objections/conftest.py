"""A plant with rules for proposals, awards and objections in force."""

from __future__ import annotations

from typing import Any

import pytest

from tests.objections.objection_story import ObjectionStory
from tests.plant import Plant


@pytest.fixture
def story(plant: Plant, settings: Any, tmp_path: Any) -> ObjectionStory:
    settings.MEDIA_ROOT = tmp_path
    return ObjectionStory(plant)
