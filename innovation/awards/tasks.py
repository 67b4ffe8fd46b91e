"""Doors for Celery."""

from celery import shared_task

from innovation.awards import opening


@shared_task
def open_rounds() -> list[int]:
    return [round.pk for round in opening.open_due()]
