"""The months that have been are counted, so that the demo's cockpit opens as a plant's does."""

from __future__ import annotations

import random
from datetime import datetime

from config.demo.people import Plant
from workflows.reports.cockpit import counting


def seed(plant: Plant, chance: random.Random, present: datetime) -> None:
    """After everything else is seeded."""
    counting.refresh()
