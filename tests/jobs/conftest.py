"""A plant with a register, job rules in force, and a job to walk through it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.jobs.story import JobStory, Register, publish_rules
from tests.plant import Plant


@pytest.fixture
def story(plant: Plant, settings: Any, tmp_path: Any) -> JobStory:
    settings.MEDIA_ROOT = tmp_path
    Register.of(plant)
    publish_rules(plant)
    return JobStory(plant)
