"""Wake the workers after a commit. Only a courtesy: the beat delivers every five seconds anyway."""

from __future__ import annotations

import logging
import time
from typing import Any

from celery import current_app
from django.conf import settings

logger = logging.getLogger(__name__)

# A person waits behind this: no retries, and half a second at most for a broker that does not answer.
IMPATIENT: dict[str, Any] = {
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
    "socket_connect_timeout": 0.5,
    "socket_timeout": 0.5,
}
QUIET_AFTER_A_KICK = 0.5  # One delivery drains everything; a burst of decisions needs one kick, not fifty.
QUIET_AFTER_A_FAILURE = 30.0

_quiet_until = 0.0


def kick() -> None:
    """Ask for a delivery now; a broker that is away is logged and never fails the request that has decided."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    _quiet_until = time.monotonic() + QUIET_AFTER_A_KICK
    try:
        _send()
    except Exception as error:
        _quiet_until = time.monotonic() + QUIET_AFTER_A_FAILURE
        logger.warning("no worker could be woken, the beat will deliver: %s", error)


def _send() -> None:
    from workflows.notices.tasks import deliver

    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **IMPATIENT}
    with current_app.connection_for_write(transport_options=options) as connection:
        deliver.apply_async(connection=connection, retry=False, expires=60)
