"""Ask a guard for the servers that the environment does not name yet."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from config.servers.guard import STOPPED_WITHIN, Order
from config.servers.programs import DATABASE, USER

ROOT = Path(__file__).resolve().parent.parent.parent


class NotStarted(Exception):
    """The servers did not start; the message is the reason that the guard or the server gave."""


@dataclass(frozen=True)
class Server:
    kind: str
    name: str
    version: str
    source: str

    def __str__(self) -> str:
        return f"{self.name} {self.version} ({self.source})"


class Servers:
    """Running servers. They stop when `stop` is called, and also when this process ends in any other way."""

    def __init__(self, order: Order) -> None:
        self.guard = subprocess.Popen(
            [sys.executable, "-m", "config.servers.guard", str(order)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        # A child of a plain fork would hold the pipe open, and with it the servers, after we are gone.
        os.register_at_fork(after_in_child=self._let_go)
        try:
            self._receive(order)
        except BaseException:
            self.stop()
            raise

    def _receive(self, order: Order) -> None:
        assert self.guard.stdout
        report: dict[str, Any] = json.loads(self.guard.stdout.readline() or '{"error": "the guard ended"}')
        if "error" in report:
            raise NotStarted(report["error"])
        self.folder = Path(report["folder"])
        self.user: str | None = report["user"]
        self.pids: list[int] = report["pids"]
        self.environment: dict[str, str] = report["environment"]
        self.servers = [Server(**server) for server in report["servers"]]
        if order.postgres:
            self._create_database()

    def _let_go(self) -> None:
        pipe = self.guard.stdin
        if pipe and not pipe.closed:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, pipe.fileno(), inheritable=False)
            os.close(nowhere)

    def _create_database(self) -> None:
        import psycopg2

        link = psycopg2.connect(dbname="postgres", user=USER, host=str(self.folder))
        link.autocommit = True
        try:
            with link.cursor() as cursor:
                cursor.execute("select 1 from pg_database where datname = %s", [DATABASE])
                if not cursor.fetchone():
                    cursor.execute(f"create database {DATABASE}")
        finally:
            link.close()

    def are_running(self) -> bool:
        return self.guard.poll() is None

    def stop(self) -> None:
        with suppress(OSError):
            if self.guard.stdin:
                self.guard.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self.guard.wait(STOPPED_WITHIN + 5)


def start_missing(order: Order | None = None) -> Servers | None:
    """Start what neither DATABASE_URL nor REDIS_URL names, and put it into this process's environment."""
    order = replace(
        order or Order(), postgres=not os.environ.get("DATABASE_URL"), redis=not os.environ.get("REDIS_URL")
    )
    if not (order.postgres or order.redis):
        return None
    servers = Servers(order)
    os.environ.update(servers.environment)
    return servers
