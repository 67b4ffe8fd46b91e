"""Doors for Celery."""

from celery import shared_task

from maintenance_audit.assessments import deadlines, opening


@shared_task
def plan_checks() -> list[int]:
    return [row.pk for row in opening.open_due()]


@shared_task
def tell_deadlines() -> int:
    return deadlines.turn()
