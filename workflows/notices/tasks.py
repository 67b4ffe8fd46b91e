"""Doors for the workers."""

from __future__ import annotations

from celery import shared_task

from workflows.notices import delivery


@shared_task
def deliver() -> int:
    return delivery.drain()
