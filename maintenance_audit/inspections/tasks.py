"""Doors for the beat."""

from __future__ import annotations

from celery import shared_task

from maintenance_audit.inspections import opening


@shared_task
def end_replaced_inspections() -> int:
    return opening.end_replaced()
