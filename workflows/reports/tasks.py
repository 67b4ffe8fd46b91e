"""Doors for Celery."""

from celery import shared_task

from workflows.reports.cockpit import counting


@shared_task
def count_months() -> int:
    return counting.refresh()
