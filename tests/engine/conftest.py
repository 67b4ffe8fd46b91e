"""A plant with rules in force, and a proposal to walk through it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from innovation.proposals.rules import DEFAULT_RULES
from tests.proposal_story import Story, publish_rules
from tests.plant import Plant


@pytest.fixture
def ruled(plant: Plant) -> Plant:
    publish_rules(plant)
    return plant


@pytest.fixture
def story(ruled: Plant) -> Story:
    return Story(ruled)
