"""The cache on Redis, without which everything works: what cannot be asked is not there, and nobody waits for it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")
# One request asks several times; a server that takes connections and says nothing would be waited for each time.
QUIET = 1.0
ABSENT = (RedisError, OSError)

_quiet_until = 0.0


def _ask(question: Callable[[], Answer], otherwise: Answer) -> Answer:
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return otherwise
    try:
        return question()
    except ABSENT as error:
        _quiet_until = time.monotonic() + QUIET
        logger.warning("the cache is away, the database is asked instead: %s", error)
        return otherwise


class KeptClient(RedisCacheClient):
    """Django makes a client of Redis anew at each call; it only hands on to the pool, and any thread may use it."""

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        pool = self._get_connection_pool(write)  # type: ignore[attr-defined]
        client = self._kept.get(id(pool))
        if client is None:
            client = self._kept[id(pool)] = self._client(connection_pool=pool)  # type: ignore[attr-defined]
        return client

    @cached_property
    def _kept(self) -> dict[int, Any]:
        return {}


class DispensableCache(RedisCache):
    """Reads as empty and forgets what it is told while Redis is away.

    Removing still fails aloud: an entry that outlives its removal (a session that was ended) would come back with
    Redis. Counting raises ValueError as for a key that is gone; who counts has to know what that means.
    """

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return _ask(lambda: super(DispensableCache, self).get(key, default, version), default)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        _ask(lambda: super(DispensableCache, self).set(key, value, timeout, version), None)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return _ask(lambda: bool(super(DispensableCache, self).add(key, value, timeout, version)), True)

    def has_key(self, key: Any, version: int | None = None) -> bool:
        return _ask(lambda: bool(super(DispensableCache, self).has_key(key, version)), False)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        def count() -> int | None:
            return int(super(DispensableCache, self).incr(key, delta, version))

        counted = _ask(count, None)
        if counted is None:
            raise ValueError(key)
        return counted
