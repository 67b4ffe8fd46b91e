"""Doors for Celery."""

from celery import shared_task

from innovation.reverification import opening


@shared_task
def open_reverifications() -> list[int]:
    return [row.pk for row in opening.open_due()]
