"""The leash ends what it holds and removes what it was told to, when its holder is gone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from config.servers.leash import Leash, end
from tests.start.processes import ROOT, is_running, within

WAIT = "import time; print('up', flush=True); time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAIT}"


def group(code: str) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", code], process_group=0, stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline() == "up\n"
    process.stdout.close()
    return process


def test_what_it_holds_ends_and_what_it_released_stays(tmp_path: Path) -> None:
    held, released, folder = group(WAIT), group(WAIT), tmp_path / "run"
    folder.mkdir()
    leash = Leash(ROOT)
    leash.hold(held.pid)
    leash.hold(released.pid)
    leash.release(released.pid)
    leash.remove_at_end(folder)
    leash.let_go()
    assert held.wait(10)
    assert leash.process.wait(10) == 0
    assert not folder.exists()
    assert is_running(released.pid)
    released.kill()
    released.wait()


def test_a_child_that_ignores_the_request_is_killed() -> None:
    stubborn = group(STUBBORN)
    child = os.fork()
    if child == 0:
        end({stubborn.pid}, gently=0.3)
        os._exit(0)
    assert stubborn.wait(10) == -9
    os.waitpid(child, 0)
    assert within(1, lambda: not is_running(stubborn.pid))
