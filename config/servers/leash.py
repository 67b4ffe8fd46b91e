"""The leash: a process that ends process groups and removes folders when whoever holds its stdin is gone.

It reads one order a line: "hold 123" and "release 123" for process groups, "remove /path" for a folder to be removed
at the end. The guard of the servers cannot do this work: it may have dropped the privileges it would take.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

GENTLY = 6.0


def is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def end(groups: set[int], gently: float = GENTLY) -> None:
    for sign, patience in ((signal.SIGTERM, gently), (signal.SIGKILL, 1.0)):
        for group in groups:
            with suppress(OSError):
                os.killpg(group, sign)
        deadline = time.monotonic() + patience
        while any(map(is_alive, groups)) and time.monotonic() < deadline:
            time.sleep(0.05)


def obey() -> None:
    groups: set[int] = set()
    folders: list[str] = []
    for line in sys.stdin:
        order, _, what = line.rstrip("\n").partition(" ")
        if order == "hold":
            groups.add(int(what))
        elif order == "release":
            groups.discard(int(what))
        elif order == "remove":
            folders.append(what)
    end(groups)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


class Leash:
    """The holder's end. Only its closing ends what it holds, so a kill and an orderly stop go the same way."""

    def __init__(self, root: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.servers.leash"],
            cwd=root,
            stdin=subprocess.PIPE,
            start_new_session=True,
            text=True,
            bufsize=1,
        )

    def _order(self, order: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{order}\n")
        self.process.stdin.flush()

    def hold(self, group: int) -> None:
        self._order(f"hold {group}")

    def release(self, group: int) -> None:
        self._order(f"release {group}")

    def remove_at_end(self, folder: Path) -> None:
        self._order(f"remove {folder}")

    def let_go(self) -> None:
        with suppress(OSError):
            if self.process.stdin:
                self.process.stdin.close()


if __name__ == "__main__":
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.SIG_IGN)
    obey()
