"""The demo beside another one: it takes the next port, mends what dies, and leaves nothing when it is killed."""

from __future__ import annotations

import os
import re
import signal
import socket
import time
from pathlib import Path

import pytest

from config.servers import port
from tests.start.processes import ROOT, is_running, python, within


def children_of(pid: int) -> dict[int, str]:
    """Every living descendant with its command line."""
    found: dict[int, str] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == pid:
            found |= {int(entry.name): command} | children_of(int(entry.name))
    return found


def test_a_taken_port_gives_the_next_one_and_is_held_at_once() -> None:
    first = port.claim("127.0.0.1", 0)
    number = first.getsockname()[1]
    second = port.claim("127.0.0.1", number)
    assert second.getsockname()[1] > number
    assert port.address(second) == f"http://localhost:{second.getsockname()[1]}"
    first.close()
    second.close()


def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(OSError):
        port.claim("192.0.2.1", 8000)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_a_demo_beside_another_answers_mends_itself_and_leaves_nothing() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with python("-m", "config.servers.demo", PORT=str(taken), SEED="no") as demo:
            said = read_until(demo, "Ready after")
            assert f"Port {taken} is taken" in said
            address = re.findall(r"http://localhost:\d+", said)[-1]
            assert port.answers(f"{address}/")
            mine = children_of(demo.pid)
            worker = next(pid for pid, command in mine.items() if " worker " in command)
            os.kill(worker, signal.SIGKILL)
            assert "worker ended" in read_until(demo, "worker started again")
            mine |= children_of(demo.pid)
            demo.kill()
            demo.wait()
            assert within(15, lambda: not any(map(is_running, mine))), children_left(mine)
            assert within(5, lambda: not (ROOT / "var" / f"demo-{address.rpartition(':')[2]}").exists())


def children_left(mine: dict[int, str]) -> list[str]:
    return [command for pid, command in mine.items() if is_running(pid)]


def read_until(demo: object, words: str, patience: float = 300) -> str:
    said, deadline = "", time.monotonic() + patience
    for line in demo.stdout:  # type: ignore[attr-defined]
        said += line
        if words in line:
            return said
        assert time.monotonic() < deadline, said
    pytest.fail(f"the demo ended without saying {words!r}:\n{said}")
