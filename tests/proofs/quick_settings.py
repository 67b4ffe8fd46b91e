"""The product's settings with short intervals, so that a proof sees in seconds what takes minutes in a plant."""

from __future__ import annotations

from config.settings import *  # noqa: F403
from config.settings import CELERY_BEAT_SCHEDULE, CELERY_BROKER_TRANSPORT_OPTIONS

for _name in ("deliver-notices", "gather-checkpoint", "turn-clocks"):
    CELERY_BEAT_SCHEDULE[_name] |= {"schedule": 1.0, "options": {"expires": 5.0}}
CELERY_BEAT_MAX_LOOP_INTERVAL = 1
CELERY_BROKER_TRANSPORT_OPTIONS |= {"visibility_timeout": 3, "unacked_restore_interval": 1}
