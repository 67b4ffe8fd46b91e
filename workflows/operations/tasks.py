"""Doors for Celery."""

from celery import shared_task

from workflows.operations import heartbeat


@shared_task
def beat() -> None:
    heartbeat.beat()
