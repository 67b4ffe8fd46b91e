"""What happens to a plant besides the death of a process: a broker that is away or empty, beats too many or too few."""

from __future__ import annotations

import os
import shelve
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import redis

from tests.proofs.running import Running

AWAY = timedelta(days=3)


# The broker. --------------------------------------------------------------------------------------------------------


def client(plant: Running) -> redis.Redis:
    return redis.Redis.from_url(plant.servers.environment["REDIS_URL"])


def flush(plant: Running) -> None:
    """All that Redis holds is gone: queue, unacknowledged jobs, sessions, counts."""
    with client(plant) as link:
        link.flushall()


@contextmanager
def refusing(plant: Running) -> Iterator[None]:
    """Nobody reaches Redis, those who were connected are cut off, and what it held is lost."""
    door = plant.servers.folder / "redis.sock"
    locked = door.with_suffix(".away")
    with client(plant) as link:
        link.ping()
        door.rename(locked)
        link.flushall()
        link.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        link.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
    try:
        yield
    finally:
        locked.rename(door)


@contextmanager
def mute(plant: Running) -> Iterator[None]:
    """Redis takes connections and never answers."""
    with client(plant) as link:
        pid = int(link.info("server")["process_id"])
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


# The database. ------------------------------------------------------------------------------------------------------


def cut(plant: Running) -> int:
    """PostgreSQL lives and every connection to it is gone, with what was prepared on it; return how many."""
    query = """
        SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"""
    return int(plant.ask(query)[0][0])


# The beat. ----------------------------------------------------------------------------------------------------------


@contextmanager
def second_beat(plant: Running) -> Iterator[None]:
    """Somebody started another one, on another machine: it knows nothing of the first."""
    schedule = plant.folder / "second-beat"
    plant.start_beat("second beat", schedule)
    try:
        yield
    finally:
        plant.dismiss("second beat")


@contextmanager
def beat_away(plant: Running) -> Iterator[None]:
    """No beat; when it comes back its own notes are three days old."""
    plant.dismiss("beat")
    plant.until("what it had ordered is done", lambda: plant.jobs() == 0)
    try:
        yield
    finally:
        age_schedule(plant.folder / "beat")
        plant.start_beat("beat", plant.folder / "beat")


def age_schedule(place: Path) -> None:
    # A beat that was killed while writing leaves notes that nobody can read; it then begins anew, as after a loss.
    with suppress(Exception), shelve.open(str(place), writeback=True) as notes:
        for entry in notes["entries"].values():
            entry.last_run_at -= AWAY
