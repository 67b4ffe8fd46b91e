"""The cache with no Redis behind it: reads as empty, waits for nobody, and never pretends to have removed."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from workflows.store import cache as module
from workflows.store.cache import DispensableCache

IMPATIENT = {"OPTIONS": {"socket_connect_timeout": 0.2, "socket_timeout": 0.2}}


@pytest.fixture(autouse=True)
def not_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_quiet_until", 0.0)


@pytest.fixture
def unreachable(tmp_path: Path) -> DispensableCache:
    return DispensableCache(f"unix://{tmp_path / 'nothing.sock'}", IMPATIENT)


@pytest.fixture
def mute() -> Iterator[DispensableCache]:
    """Takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield DispensableCache(f"redis://127.0.0.1:{server.getsockname()[1]}/0", IMPATIENT)


def test_it_reads_as_empty(unreachable: DispensableCache) -> None:
    unreachable.set("a", 1)
    assert unreachable.get("a") is None and unreachable.get("a", 7) == 7 and "a" not in unreachable
    assert unreachable.add("a", 1) is True
    with pytest.raises(ValueError, match="a"):
        unreachable.incr("a")


def test_what_cannot_be_removed_is_said(unreachable: DispensableCache) -> None:
    """A session that was ended must not come back with Redis behind its owner's back."""
    with pytest.raises((RedisError, OSError)):
        unreachable.delete("a")


def test_a_mute_one_is_waited_for_once(mute: DispensableCache) -> None:
    began = time.monotonic()
    for _ in range(20):
        assert mute.get("a") is None
    assert time.monotonic() - began < module.QUIET


def test_it_is_asked_again_when_it_is_back(unreachable: DispensableCache, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.cache import cache

    assert unreachable.get("a") is None
    monkeypatch.setattr(module, "_quiet_until", 0.0)
    cache.set("back", 1, 5)
    assert cache.get("back") == 1 and cache.incr("back") == 2
