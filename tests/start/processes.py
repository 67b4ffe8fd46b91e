"""Looking at real processes from outside."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def is_running(pid: int) -> bool:
    """A zombie that nobody has buried yet does not run."""
    state = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            return state.read_text().rpartition(")")[2].split()[0] != "Z"
        except (FileNotFoundError, ProcessLookupError):
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def environment(**extra: str) -> dict[str, str]:
    ours = {"DATABASE_URL", "REDIS_URL", "ASSAY_TESTING", "PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER"}
    return {name: value for name, value in os.environ.items() if name not in ours} | extra


@contextmanager
def python(*arguments: str, **extra: str) -> Iterator[subprocess.Popen[str]]:
    """A Python of its own, from the root of the project; killed at the end if the story has not done so."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(**extra),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
