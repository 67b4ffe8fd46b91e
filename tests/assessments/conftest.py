"""A plant with the rules of findings and of monthly checks in force."""

from __future__ import annotations

from typing import Any

import pytest

from tests.assessments.story import CheckStory, begin
from tests.plant import Plant


@pytest.fixture
def story(plant: Plant, settings: Any, tmp_path: Any) -> CheckStory:
    settings.MEDIA_ROOT = tmp_path
    begin(plant)
    return CheckStory(plant)
