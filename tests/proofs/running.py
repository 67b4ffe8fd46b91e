"""The whole product as its five parts run it, on servers of its own: web, worker, beat, Redis and PostgreSQL."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg2
import redis

from config.servers import port
from config.servers.children import Children
from config.servers.guard import Order
from config.servers.launcher import ROOT, Servers
from config.servers.leash import Leash
from tests.proofs import disk
from tests.proofs.load import Load
from tests.proofs.truth import broken

PARTS = ("web", "worker", "beat", "redis", "postgres")
RECOVERS_WITHIN = 180.0  # seconds on a machine that other tests fill; a few on a quiet one
ACTS_AFTERWARDS = 6
WORKERS = 2
BROKER = 2  # the database in Redis that the settings give to Celery
CELERY = (sys.executable, "-m", "celery", "--app", "config", "--quiet")


def _group(process: Path) -> int | None:
    """The process group, from the kernel's own line about a process (its name, in brackets, may hold anything)."""
    with suppress(OSError, ValueError, IndexError):
        return int((process / "stat").read_text().rpartition(")")[2].split()[2])
    return None


class Running:
    """Started by `with`; nothing is left at its end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.recoveries: dict[str, list[float]] = defaultdict(list)  # what happened: seconds until all went on

    def __enter__(self) -> Running:
        self.listener = port.claim("127.0.0.1", 0)
        self.number = self.listener.getsockname()[1]
        self.leash = Leash(ROOT)
        self.disk = disk.small(self.folder / "media", lambda: self.processes("web"))
        self.servers = Servers(Order(durable=True))
        self.environment = {**os.environ, **self.servers.environment, **self._settings()}
        self.ground = json.loads(self.run("tests.proofs.ground"))
        self.children = Children(self.leash, self.folder, self.environment, ROOT, self.said.append)
        self._start()
        self.until("the site answers", lambda: port.answers(f"{port.address(self.listener)}/healthz"))
        self.load = Load(self.number, self.ground)
        self.load.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.load.over.set()
        self.listener.close()
        self.leash.let_go()
        self.children.reap(8)
        self.servers.stop()
        with suppress(subprocess.TimeoutExpired):
            self.leash.process.wait(10)
        if self.disk:
            self.disk.close()

    def _settings(self) -> dict[str, str]:
        return {
            "ASSAY_TESTING": "1",
            "BEAT_SCHEDULE_FILE": str(self.folder / "beat"),
            "DJANGO_SETTINGS_MODULE": "tests.proofs.quick_settings",
            "LOG_JSON": "1",  # as in production; tracebacks made for a person's eyes take seconds each
            "LOG_LEVEL": "ERROR",
            "PYTEST_XDIST_WORKER": "gw0",  # servers of its own: there is nobody beside it
            "MEDIA_ROOT": str(self.folder / "media"),
            "EMAIL_URL": f"filemail:///{self.folder / 'mail'}",
        }

    def run(self, *module: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", *module], cwd=ROOT, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _start(self) -> None:
        handle = self.listener.fileno()
        gunicorn = ["gunicorn", "config.wsgi", "--bind", f"fd://{handle}", "--workers", "2", "--threads", "4"]
        worker = [
            "worker",
            "--concurrency",
            str(WORKERS),
            "--without-gossip",
            "--without-mingle",
            "--loglevel",
            "WARNING",
        ]
        quiet = ["--no-control-socket", "--log-level", "warning"]
        self.children.start("web", [sys.executable, "-m", *gunicorn, *quiet], (handle,))
        self.children.start("worker", [*CELERY, *worker])
        self.start_beat("beat", self.folder / "beat")

    def start_beat(self, name: str, schedule: Path) -> None:
        beat = ["beat", "--pidfile=", "--schedule", str(schedule), "--loglevel", "WARNING"]
        self.children.start(name, [*CELERY, *beat])

    def dismiss(self, name: str) -> None:
        """Killed, and nobody starts it again."""
        child = next(c for c in self.children.everyone if c.name == name)
        self.children.everyone.remove(child)
        if child.process:
            with suppress(ProcessLookupError):
                os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
            self.leash.release(child.process.pid)

    def processes(self, name: str) -> set[int]:
        """All processes of a part, where the system tells."""
        groups = {c.process.pid for c in self.children.everyone if c.name == name and c.process}
        return {int(place.name) for place in Path("/proc").glob("[0-9]*") if _group(place) in groups}

    # Killing. -------------------------------------------------------------------------------------------------------

    def kill(self, part: str) -> None:
        """SIGKILL to all processes of the part at once, as when the power goes."""
        if part == "redis":
            os.kill(self._redis_pid(), signal.SIGKILL)
        elif part == "postgres":
            for pid in self._postgres_pids():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        else:
            child = next(c for c in self.children.everyone if c.name == part)
            child.pause = 0.1  # each time as the first time
            assert child.process
            os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()

    def _redis_pid(self) -> int:
        with redis.Redis.from_url(self.servers.environment["REDIS_URL"]) as client:
            return int(client.info("server")["process_id"])

    def _postgres_pids(self) -> list[int]:
        """The postmaster first, so that it starts nobody anew."""
        rows = self.ask("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        return [int((self.servers.folder / "db" / "postmaster.pid").read_text().split()[0]), *(pid for (pid,) in rows)]

    # Looking. -------------------------------------------------------------------------------------------------------

    def connect(self) -> Any:
        return psycopg2.connect(dbname="assay", user="assay", host=str(self.servers.folder), connect_timeout=5)

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        link = self.connect()
        link.autocommit = True
        try:
            with link.cursor() as cursor:
                cursor.execute(query, values)
                return list(cursor.fetchall())
        finally:
            link.close()

    def until(self, what: str, holds: Callable[[], bool], patience: float = RECOVERS_WITHIN) -> None:
        """Nobody lends a hand: only the supervisor is let do its rounds."""
        deadline = time.monotonic() + patience
        while not self._asked(holds):
            assert not self.load_errors(), self.load_errors()
            assert time.monotonic() < deadline, "\n".join([f"not within {patience} s: {what}", *self.said[-8:]])
            time.sleep(0.05)

    def _asked(self, holds: Callable[[], bool]) -> bool:
        self.children.tend()
        with suppress(psycopg2.Error, redis.RedisError):
            return holds()
        return False

    def load_errors(self) -> list[BaseException]:
        return self.load.errors if hasattr(self, "load") else []

    def jobs(self, name: str = "") -> int:
        """Of all kinds or of one: waiting, or in some worker's hands."""
        with redis.Redis.from_url(self.servers.environment["REDIS_URL"], db=BROKER) as link:
            jobs = [*link.lrange("celery", 0, -1), *link.hvals("unacked")]
        return sum(name.encode() in job for job in jobs)

    def checkpoint(self) -> int:
        return int(self.ask("SELECT coalesce(max(number), 0) FROM ledger_checkpoint")[0][0])

    def waiting_since(self, moment: float | None) -> int:
        """In-product messages still on their way that were written before the moment."""
        query = "SELECT count(*) FROM notices_outbox WHERE channel = 'in_product' AND state = 'waiting'"
        if moment is None:
            return int(self.ask(query)[0][0])
        return int(self.ask(f"{query} AND created_at < to_timestamp(%s)", moment)[0][0])

    def lost(self, link: Any, tokens: list[str]) -> list[str]:
        """Acknowledged acts that the database does not know, or knows twice."""
        query = """
            SELECT a.token FROM unnest(%s::uuid[]) a(token)
            LEFT JOIN (SELECT token FROM engine_decision UNION ALL SELECT token FROM engine_case) k USING (token)
            GROUP BY a.token HAVING count(k.token) <> 1"""
        with link.cursor() as cursor:
            cursor.execute(query, [tokens])
            return [str(row[0]) for row in cursor.fetchall()]

    def check(self) -> int:
        """Everything acknowledged is there and nothing is half done, seen at one moment. Returns how many acts."""
        tokens = [token for token, _when in list(self.load.acknowledged)]
        link = self.connect()
        try:
            link.set_session(isolation_level="REPEATABLE READ", readonly=True)
            assert self.lost(link, tokens) == []
            with link.cursor() as cursor:
                assert broken(cursor) == {}
        finally:
            link.close()
        return len(tokens)

    def people_go_on(self) -> None:
        since = time.time()
        self.until("people go on", lambda: self.load.since(since) >= ACTS_AFTERWARDS)

    @contextmanager
    def all_is_well_after(self, what: str) -> Iterator[None]:
        """Whatever is done inside: nobody lends a hand, all goes on, nothing acknowledged is lost or half done."""
        yield
        done = time.monotonic()
        self.recover()
        self.recoveries[what].append(time.monotonic() - done)
        self.check()

    def recover(self) -> None:
        """People go on deciding, the beat goes on beating, the worker goes on delivering."""
        killed = time.time()
        self.until("people go on", lambda: self.load.since(killed) >= ACTS_AFTERWARDS)
        self.until("all parts run", lambda: all(c.process and c.process.poll() is None for c in self.children.everyone))
        self.until("the broker answers", lambda: self.jobs() >= 0)
        # Some may be waiting from before, and one in each of the worker's hands; the next is the beat's own.
        ordered, seen, alive = self.jobs("gather_checkpoint"), self.checkpoint(), time.time()
        self.until("the beat goes on", lambda: self.checkpoint() > seen + ordered + WORKERS)
        self.until("messages are delivered", lambda: self.waiting_since(alive) == 0)
