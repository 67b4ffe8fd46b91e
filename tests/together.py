"""Several people, or one impatient one, at the same moment: each in a thread and a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from workflows.engine.errors import Refusal

PATIENCE = 30.0


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each came to, in their order: what it returned, or the refusal that it met. Any other error is raised."""
    ready = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            ready.wait(PATIENCE)
            return act()
        except Refusal as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
