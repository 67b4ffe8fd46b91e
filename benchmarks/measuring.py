"""Servers of one's own, the product's settings, and time and CPU of a call."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

Act = Callable[[], Any]


@dataclass
class Taken:
    """Of each call: milliseconds on the wall, and of this process's CPU (the database's own is not in it)."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def time(self, act: Act) -> None:
        gc.collect(0)
        began, used = time.perf_counter(), time.process_time()
        act()
        used, ended = time.process_time() - used, time.perf_counter()
        self.wall.append((ended - began) * 1000)
        self.cpu.append(used * 1000)


@contextmanager
def servers() -> Iterator[list[str]]:
    """PostgreSQL and Redis or Valkey that keep what they acknowledge; yields what they are."""
    from config.servers.guard import Order
    from config.servers.launcher import Servers

    running = Servers(Order(durable=True))
    try:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "benchmarks.settings", "ASSAY_TESTING": "1", "LOG_LEVEL": "ERROR"}
        os.environ |= running.environment
        _prepare()
        yield [str(server) for server in running.servers]
    finally:
        running.stop()


def _prepare() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        for setting in ("fsync", "synchronous_commit"):
            cursor.execute(f"SHOW {setting}")
            assert cursor.fetchone() == ("on",), setting
