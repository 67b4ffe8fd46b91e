"""Processes that end with the one who started them, whatever signal ended it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(parent: int, sign: int = signal.SIGTERM) -> None:
    """Linux tells us when our parent dies; elsewhere the guard's pipe alone has to do."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(sign))
        if os.getppid() != parent:
            os._exit(1)


def tied_to_me(sign: int = signal.SIGTERM) -> Callable[[], None]:
    """A `preexec_fn` for a child of the calling process."""
    me = os.getpid()
    return lambda: die_with_parent(me, sign)
