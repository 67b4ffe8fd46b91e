"""The guard: a process of its own that runs the servers for as long as somebody holds the other end of its stdin.

It prints one line of JSON (what runs, and the environment that reaches it, or an error) and then waits. When its
stdin ends, the one who asked is gone, by whatever signal: it stops the servers and removes their folder.
Everything is imported before privileges are dropped; afterwards this code may no longer be readable.
"""

from __future__ import annotations

import json
import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

from config.servers import binaries, folders, lifeline, privileges
from config.servers.programs import Postgres, Program, Redis, version_of

READY_WITHIN = 30.0
STOPPED_WITHIN = 8.0
RESTARTS = 20


@dataclass(frozen=True)
class Order:
    """What is asked of a guard. Not durable: fsync is off, for tests; synchronous_commit is on all the same."""

    postgres: bool = True
    redis: bool = True
    durable: bool = True
    data: str | None = None

    def __str__(self) -> str:
        return json.dumps(asdict(self))


class Guard:
    def __init__(self, order: Order) -> None:
        self.order = order
        self.user = privileges.account()
        folders.sweep({os.geteuid(), *([self.user.pw_uid] if self.user else [])})
        self.folder, self.lock = folders.new_folder()
        self.children: list[tuple[Program, subprocess.Popen[bytes]]] = []
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "LC_ALL": "C", "TZ": "UTC"}

    def run(self) -> NoReturn:
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, lambda *_: self.stop())
        try:
            self.tell(self.start())
        except Exception as error:
            self.tell({"error": f"{type(error).__name__}: {error}"})
            self.stop(1)
        self.watch()

    def tell(self, report: dict[str, Any]) -> None:
        """If nobody listens any more, there is nobody to run servers for."""
        try:
            print(json.dumps(report), flush=True)
        except BrokenPipeError:
            self.stop(1)

    def watch(self) -> NoReturn:
        """Until stdin ends. A server that was killed is started again; one that cannot stay up ends the guard."""
        patience = RESTARTS
        while not select.select([sys.stdin], [], [], 0.3)[0]:
            for place, (program, child) in enumerate(self.children):
                if child.poll() is not None:
                    patience -= 1
                    if not patience:
                        self.stop(1)
                    self.children[place] = (program, self.spawn(program))
        self.stop()

    def start(self) -> dict[str, Any]:
        chosen = dict(self.choose())
        data = self.data_folder()
        if self.user:
            chosen = self.borrow_account(chosen, self.user)
        os.chdir(self.folder)
        for kind, binary in chosen.items():
            program = self.program(kind, binary, data)
            program.prepare(self.environment)
            self.children.append((program, self.spawn(program)))
        self.wait_until_ready()
        return self.report(chosen)

    def choose(self) -> Iterator[tuple[str, binaries.Binary]]:
        if self.order.postgres:
            yield "postgres", binaries.postgres()
        if self.order.redis:
            yield "redis", binaries.redis()

    def data_folder(self) -> Path:
        if self.order.data is None:
            return self.folder / "db"
        data = Path(self.order.data)
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.user:
            privileges.give(data, self.user)
            if not privileges.may_run(data, self.user):
                raise PermissionError(f"{self.user.pw_name}, who runs PostgreSQL for root, may not enter {data}")
        return data

    def borrow_account(self, chosen: dict[str, binaries.Binary], user: pwd.struct_passwd) -> dict[str, binaries.Binary]:
        copy = {"postgres": privileges.copy_postgres, "redis": privileges.copy_program}
        readable = {
            kind: binary if privileges.may_run(binary.path, user) else copy[kind](binary, self.folder)
            for kind, binary in chosen.items()
        }
        privileges.give(self.folder, user)
        privileges.drop_to(user)
        return readable

    def program(self, kind: str, binary: binaries.Binary, data: Path) -> Program:
        version = version_of(binary.path)
        if kind == "postgres":
            return Postgres(binary.path, version, self.folder, data, self.order.durable)
        return Redis(binary.path, version, self.folder)

    def spawn(self, program: Program) -> subprocess.Popen[bytes]:
        with self.log_file.open("ab") as log:
            return subprocess.Popen(
                program.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
                process_group=0,
                preexec_fn=lifeline.tied_to_me(program.abrupt_stop),
            )

    @property
    def log_file(self) -> Path:
        return self.folder / "log"

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while not all(program.is_ready() for program, _ in self.children):
            dead = [program.name for program, child in self.children if child.poll() is not None]
            if dead or time.monotonic() > deadline:
                what = f"{dead[0]} ended" if dead else "not ready in time"
                raise RuntimeError(f"{what}: {self.log_file.read_text()[-2000:]}")
            time.sleep(0.01)

    def report(self, chosen: dict[str, binaries.Binary]) -> dict[str, Any]:
        servers = [
            {"kind": kind, "name": program.name, "version": program.version, "source": chosen[kind].source}
            for kind, (program, _) in zip(chosen, self.children, strict=True)
        ]
        variables: dict[str, str] = {}
        for program, _ in self.children:
            variables |= program.environment()
        return {
            "folder": str(self.folder),
            "user": self.user.pw_name if self.user else None,
            "servers": servers,
            "pids": [child.pid for _, child in self.children],
            "environment": variables,
        }

    def stop(self, status: int = 0) -> NoReturn:
        for program, child in self.children:
            if child.poll() is None:
                child.send_signal(program.gentle_stop)
        deadline = time.monotonic() + STOPPED_WITHIN
        for program, child in self.children:
            self.wait_for_end(program, child, deadline)
        shutil.rmtree(self.folder, ignore_errors=True)
        os._exit(status)

    def wait_for_end(self, program: Program, child: subprocess.Popen[bytes], deadline: float) -> None:
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0.1, deadline - time.monotonic()))
            return
        child.send_signal(program.abrupt_stop)
        with suppress(subprocess.TimeoutExpired):
            child.wait(2)
            return
        child.kill()
        child.wait()


if __name__ == "__main__":
    Guard(Order(**json.loads(sys.argv[1]))).run()
