"""Several people who press at the same moment: threads that start together, each with its own connection."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Any

from django.db import connection

Call = Callable[[], Any]
PATIENCE = 60


class Crowd:
    """`at_once` runs one call in each thread. The threads live as long as the crowd, and so do their connections."""

    def __init__(self, size: int) -> None:
        self.inboxes: list[SimpleQueue[tuple[int, Call, threading.Barrier] | None]] = [
            SimpleQueue() for _ in range(size)
        ]
        self.answers: SimpleQueue[tuple[int, Any]] = SimpleQueue()
        self.threads = [threading.Thread(target=self._live, args=(inbox,), daemon=True) for inbox in self.inboxes]

    def __enter__(self) -> Crowd:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for inbox in self.inboxes:
            inbox.put(None)
        for thread in self.threads:
            thread.join(PATIENCE)

    def _live(self, inbox: SimpleQueue[tuple[int, Call, threading.Barrier] | None]) -> None:
        try:
            with connection.cursor() as cursor:  # who comes first is asked here, not how long a busy machine may take
                cursor.execute("SET lock_timeout = '60s'")
            while (order := inbox.get()) is not None:
                place, call, together = order
                self.answers.put((place, _try(call, together)))
        finally:
            connection.close()

    def at_once(self, calls: Sequence[Call], *, within: float = 0.0) -> list[Any]:
        """The answers in the order of the calls; an error that nobody caught fails the test that asked.

        `within`: seconds over which the start is spread by chance, so that the quicker of two unlike calls does not
        come first every time.
        """
        together = threading.Barrier(len(calls))
        for place, (inbox, call) in enumerate(zip(self.inboxes, calls)):  # noqa: B905  there may be more threads
            inbox.put((place, _later(call, random.uniform(0, within)), together))
        answers = dict(self.answers.get(timeout=PATIENCE) for _ in calls)
        for answer in answers.values():
            if isinstance(answer, BaseException):
                raise answer
        return [answers[place] for place in range(len(calls))]


def _later(call: Call, pause: float) -> Call:
    def paused() -> Any:
        time.sleep(pause)
        return call()

    return paused if pause else call


def _try(call: Call, together: threading.Barrier) -> Any:
    try:
        together.wait(PATIENCE)
        return call()
    except BaseException as error:
        return error
