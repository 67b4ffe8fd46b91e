"""The demo's own processes: each in a process group of its own, on the leash, started again when it dies."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.servers.leash import Leash
from config.servers.lifeline import tied_to_me

FIRST_PAUSE, LONGEST_PAUSE, SETTLED = 1.0, 30.0, 60.0


class Failed(Exception):
    """A command ended badly; the message holds the end of what it said."""


@dataclass
class Child:
    name: str
    command: list[str]
    log: Path
    keep_open: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    restart_at: float | None = None

    def last_words(self, lines: int = 12) -> str:
        return (
            "\n".join(self.log.read_text("utf-8", errors="replace").splitlines()[-lines:]) if self.log.exists() else ""
        )


@dataclass
class Children:
    leash: Leash
    folder: Path
    environment: Mapping[str, str]
    root: Path
    say: Callable[[str], None]
    everyone: list[Child] = field(default_factory=list)

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def _spawn(self, command: list[str], log: Path | None, keep_open: tuple[int, ...] = ()) -> subprocess.Popen[bytes]:
        """Into the log, or to the terminal when there is none."""
        output = log.open("ab") if log else None
        try:
            process = subprocess.Popen(
                command,
                cwd=self.root,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                process_group=0,
                pass_fds=keep_open,
                preexec_fn=tied_to_me(),
            )
        finally:
            if output:
                output.close()
        self.leash.hold(process.pid)
        return process

    def run(self, name: str, command: list[str], *, aloud: bool = False) -> None:
        """One command, to its end."""
        self.finish(self.begin(name, command, aloud=aloud))

    def begin(self, name: str, command: list[str], *, aloud: bool = False) -> Child:
        child = Child(name, command, self.log(name))
        child.process = self._spawn(command, None if aloud else child.log)
        return child

    def finish(self, child: Child) -> None:
        assert child.process
        status = child.process.wait()
        self.leash.release(child.process.pid)
        if status:
            raise Failed(f"{child.name} ended with status {status}\n{child.last_words()}")

    def start(self, name: str, command: list[str], keep_open: tuple[int, ...] = ()) -> None:
        child = Child(name, command, self.log(name), keep_open)
        self.everyone.append(child)
        self._start(child)

    def _start(self, child: Child) -> None:
        child.process = self._spawn(child.command, child.log, child.keep_open)
        child.started, child.restart_at = time.monotonic(), None

    def dead(self) -> Iterator[Child]:
        for child in self.everyone:
            if child.process and child.process.poll() is not None:
                yield child

    def tend(self) -> None:
        """Say who died and start them again, each time after a longer pause until they stay."""
        now = time.monotonic()
        for child in self.dead():
            if child.restart_at is None:
                self._mourn(child, now)
            elif now >= child.restart_at:
                self._start(child)
                self.say(f"{child.name} started again")

    def _mourn(self, child: Child, now: float) -> None:
        assert child.process
        self.leash.release(child.process.pid)
        child.pause = FIRST_PAUSE if now - child.started > SETTLED else min(child.pause * 2, LONGEST_PAUSE)
        child.restart_at = now + child.pause
        status = child.process.returncode
        self.say(
            f"{child.name} ended (status {status}); starting it again in {child.pause:.0f} s\n{child.last_words()}"
        )

    def reap(self, patience: float) -> None:
        deadline = time.monotonic() + patience
        while any(child.process and child.process.poll() is None for child in self.everyone):
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
