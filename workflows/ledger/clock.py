"""The server's clock. Nothing a person sends can change it.

Only the seeding of a demo, on an empty database that says DEMO, runs under an injected clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_injected: ContextVar[datetime | None] = ContextVar("injected_clock", default=None)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _injected.get() or timezone.now()


@contextmanager
def injected(moment: datetime) -> Iterator[None]:
    """Let `now()` say `moment`. For the seeding of a demo and for tests of periods, never for a request."""
    token = _injected.set(moment)
    try:
        yield
    finally:
        _injected.reset(token)
