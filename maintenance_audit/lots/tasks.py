"""Doors for Celery."""

from celery import shared_task

from maintenance_audit.lots import opening, replacing, waking


@shared_task
def open_lots() -> list[int]:
    return [lot.pk for lot in opening.open_due()]


@shared_task
def look_again() -> int:
    """Inspectors who may no longer check what they were drawn for; lots that should have gone on."""
    return replacing.look_through() + waking.retry()
