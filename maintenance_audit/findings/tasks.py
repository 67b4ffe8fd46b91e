"""Doors for Celery."""

from celery import shared_task

from maintenance_audit.findings import ladder, opening


@shared_task
def climb_ladders() -> int:
    return ladder.turn()


@shared_task
def open_missing_findings() -> list[int]:
    return opening.open_missing()
