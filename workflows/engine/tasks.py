"""Doors for Celery."""

from celery import shared_task

from workflows.engine import clocks


@shared_task
def turn_clocks() -> int:
    return clocks.turn()
