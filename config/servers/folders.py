"""The short, private folder that holds a run's sockets, and the removal of those that a crash left behind."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "assay-"
LOCK = "lock"
# The address of a unix socket has room for 104 bytes on macOS; ".s.PGSQL.5432.lock" and the folder's name need 33.
LONGEST_PARENT = 70


def parent_folder() -> Path:
    """The temporary folder, unless its name is too long for a socket or others may not enter it."""
    usual = Path(tempfile.gettempdir())
    others_may_enter = os.geteuid() != 0 or bool(usual.stat().st_mode & 0o001)
    return usual if others_may_enter and len(str(usual)) <= LONGEST_PARENT else Path("/tmp")


def new_folder(prefix: str = PREFIX) -> tuple[Path, int]:
    """A new 0700 folder and the lock on it. Whoever holds the lock lives; a free lock marks a stale folder."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent_folder()))
    handle = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)
    return folder, handle


@contextmanager
def _lock_if_free(lock: Path) -> Iterator[bool]:
    handle = os.open(lock, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(handle)


def sweep(owners: set[int], parent: Path | None = None) -> list[Path]:
    """Remove the folders of these owners whose lock nobody holds any more (their guard was killed)."""
    removed = []
    for lock in sorted((parent or parent_folder()).glob(f"{PREFIX}*/{LOCK}")):
        with suppress(OSError):
            if lock.stat().st_uid not in owners:
                continue
            with _lock_if_free(lock) as free:
                if free:
                    shutil.rmtree(lock.parent, ignore_errors=True)
                    removed.append(lock.parent)
    return removed
