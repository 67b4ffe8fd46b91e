"""May this plant be sent work? Database, broker, beat and outbox, each by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from celery import current_app
from django.conf import settings
from django.db import connection

from workflows.ledger.clock import now
from workflows.notices.models import Channel
from workflows.notices.outbox import oldest_waiting
from workflows.operations import heartbeat

OUTBOX_LATE_AFTER = 600.0  # seconds; quiet hours and digests are no delay, see `outbox_age`
IMPATIENT = {"socket_connect_timeout": 1, "socket_timeout": 1, "max_retries": 0}


def outbox_age() -> float:
    """Seconds that the longest overdue notice in the product waits to be delivered; 0 if none does.

    Mail and robots may be slow by nobody's fault here: they are the doctor's and the notices page's business.
    """
    return seconds_since(oldest_waiting(Channel.IN_PRODUCT))


def seconds_since(moment: datetime | None) -> float:
    return (now() - moment).total_seconds() if moment is not None else 0.0


def database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def broker() -> bool:
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **IMPATIENT}
    with current_app.connection_for_write(transport_options=options) as link:
        link.ensure_connection(max_retries=1, timeout=1)
    return True


def beat() -> bool:
    age = heartbeat.age()
    return age is not None and age <= heartbeat.LATE_AFTER


def outbox() -> bool:
    return outbox_age() <= OUTBOX_LATE_AFTER


PARTS: dict[str, Callable[[], bool]] = {"database": database, "broker": broker, "beat": beat, "outbox": outbox}


def parts() -> dict[str, bool]:
    """Part → well. A part that cannot be asked is not."""
    return {name: _well(ask) for name, ask in PARTS.items()}


def _well(ask: Callable[[], bool]) -> bool:
    try:
        return ask()
    except Exception:  # whatever the broker's client says to a broker that is away
        return False
