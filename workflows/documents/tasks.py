"""Doors for the workers."""

from __future__ import annotations

from celery import shared_task

from workflows.documents import sweeping


@shared_task
def sweep() -> int:
    return len(sweeping.sweep())


@shared_task
def sweep_unfiled() -> int:
    return sweeping.sweep_unfiled()
