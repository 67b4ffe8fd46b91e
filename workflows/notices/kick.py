"""Wake the workers after a commit. Only a courtesy: the beat delivers every five seconds anyway."""

from __future__ import annotations

import logging

logger = logging.getLogger(__name__)


def kick() -> None:
    """Ask for a delivery now; a broker that is away is logged and never fails the request that has decided."""
    from workflows.notices.tasks import deliver

    try:
        deliver.apply_async(retry=False)
    except Exception as error:
        logger.warning("no worker could be woken: %s", error)
