"""Wake the workers after a commit. Only a courtesy: the beat delivers every five seconds anyway."""

from __future__ import annotations

import logging
import time
from functools import cache
from typing import Any

from celery import current_app
from django.conf import settings
from kombu import pools

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
        _hang_up()
        logger.warning("no worker could be woken, the beat will deliver: %s", error)


def _send() -> None:
    from workflows.notices.tasks import deliver

    send(deliver, expires=60)


def send(task: Any, *args: Any, **options: Any) -> None:
    """Hand a task to the broker without patience; raises whatever a broker that is away makes of it."""
    # Kept from one kick to the next: a connection of its own each time would cost more than the decision's SQL.
    with pools.producers[_broker()].acquire(block=True, timeout=IMPATIENT["socket_timeout"]) as producer:
        task.apply_async(args, producer=producer, retry=False, **options)


@cache
def _broker() -> Any:
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **IMPATIENT}
    return current_app.connection_for_write(transport_options=options)


def _hang_up() -> None:
    """What was kept may lead to a broker that is no more: dial anew next time."""
    pools.producers[_broker()].force_close_all()
    pools.connections[_broker()].force_close_all()
    _broker.cache_clear()
    pools.reset()
