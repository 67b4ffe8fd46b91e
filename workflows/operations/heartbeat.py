"""Is beat alive, and a worker behind it? Both are, when the task they run has written lately."""

from __future__ import annotations

from django.db import connection

BEAT = "beat"
BEATS_EVERY = 15.0
# Four missed beats; a worker that is busy with a long job is no alarm yet.
LATE_AFTER = 60.0

BEAT_NOW = """
INSERT INTO operations_heartbeat (name, at) VALUES (%s, clock_timestamp())
ON CONFLICT (name) DO UPDATE SET at = excluded.at
"""
AGE = "SELECT extract(epoch FROM clock_timestamp() - at)::float FROM operations_heartbeat WHERE name = %s"


def beat(name: str = BEAT) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BEAT_NOW, [name])


def age(name: str = BEAT) -> float | None:
    """Seconds since the last beat, by the database's clock; None if there never was one."""
    with connection.cursor() as cursor:
        cursor.execute(AGE, [name])
        row = cursor.fetchone()
    return row[0] if row else None
