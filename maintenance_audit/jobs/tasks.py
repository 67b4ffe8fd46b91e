"""Doors for the workers."""

from __future__ import annotations

from celery import shared_task

from maintenance_audit.jobs.importing import progress


@shared_task
def work_on_import(import_id: int) -> None:
    progress.work(import_id)


@shared_task
def work_on_forgotten_imports() -> None:
    progress.work_on_forgotten()
