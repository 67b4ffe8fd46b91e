"""The ledger's door for Celery."""

from __future__ import annotations

from celery import shared_task

from workflows.ledger import checkpoints


@shared_task
def gather_checkpoint(reason: str = "clock") -> None:
    checkpoints.gather(reason)
