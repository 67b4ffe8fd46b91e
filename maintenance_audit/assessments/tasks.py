"""Doors for Celery."""

from celery import shared_task

from maintenance_audit.assessments import opening


@shared_task
def plan_checks() -> list[int]:
    return [row.pk for row in opening.open_due()]
