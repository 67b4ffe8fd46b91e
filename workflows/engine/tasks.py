"""Doors for Celery."""

from celery import shared_task

from workflows.engine import clocks
from workflows.engine.keeping import warning


@shared_task
def turn_clocks() -> int:
    return clocks.turn()


@shared_task
def warn_of_missing_years() -> list[int]:
    return warning.warn()
