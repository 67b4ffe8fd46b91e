"""A disk for the media folder that can be filled to the byte, and emptied again, while the web runs on it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

if sys.platform == "linux":
    import resource

SIZE = 32 * 2**20
FILLER = "filler"


class SmallDisk:
    """A file system of its own, in memory: what is written past its end gets ENOSPC, as on any full disk."""

    says = "a file system of its own, full to the last page"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def leave(self, room: int) -> None:
        """Fill it, but for so many bytes."""
        facts = os.statvfs(self.folder)
        filler = self.folder / FILLER
        filler.write_bytes(b"\0" * max(0, facts.f_bavail * facts.f_frsize - room))

    def clear(self) -> None:
        (self.folder / FILLER).unlink(missing_ok=True)

    def close(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], capture_output=True)


class Ration:
    """Where nobody may mount: the web's processes may write files up to a size and no further, and get EFBIG."""

    says = "a limit on what the web may write to a file"

    def __init__(self, processes: Callable[[], Iterable[int]]) -> None:
        self.processes = processes

    def _limit(self, most: int) -> None:
        for pid in self.processes():
            with suppress(ProcessLookupError):
                hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, hard))

    def leave(self, room: int) -> None:
        self._limit(room)

    def clear(self) -> None:
        self._limit(resource.RLIM_INFINITY)

    def close(self) -> None:
        """Nothing: the limit ends with the processes."""


def small(folder: Path, processes: Callable[[], Iterable[int]]) -> SmallDisk | Ration | None:
    """The best that this machine lets us have."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if sys.platform != "linux":
        return None
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0700", "assay-proof", str(folder)]
    with suppress(OSError):
        if subprocess.run(command, capture_output=True).returncode == 0:
            return SmallDisk(folder)
    return Ration(processes)
