"""Doors for Celery."""

from celery import shared_task

from maintenance_audit.measures import news


@shared_task
def tell_of_reports() -> int:
    return news.reports_are_ready()
