"""The two servers as programs: how each is set up, started, found ready, and told to stop."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

DATABASE = "assay"
USER = "assay"


def version_of(program: Path) -> str:
    """ "postgres (PostgreSQL) 15.8 (Debian …)" and "Valkey server v=9.1.2 sha=…" both hold one dotted number first."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"\d+\.\d+(\.\d+)?", said)
    return found.group() if found else said.strip()


@dataclass(frozen=True)
class Postgres:
    program: Path
    version: str
    folder: Path
    data: Path
    durable: bool

    name = "PostgreSQL"
    gentle_stop = signal.SIGINT
    abrupt_stop = signal.SIGQUIT

    def prepare(self, environment: Mapping[str, str]) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        command: list[str | Path] = [
            self.program.parent / "initdb",
            "-D",
            self.data,
            "-U",
            USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        extra = ["--no-instructions", *self._locale(), *([] if self.durable else ["--no-sync"])]
        made = subprocess.run([*command, *extra], capture_output=True, text=True, env=environment)
        if made.returncode:
            raise RuntimeError(f"initdb: {made.stderr or made.stdout}")

    def _locale(self) -> list[str]:
        """C.UTF-8 and never C: there, trigrams of Chinese are empty."""
        if int(self.version.split(".")[0]) < 17:
            return ["--locale=C.UTF-8"]
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-ctype=C.UTF-8", "--lc-collate=C"]

    def command(self) -> list[str]:
        flushing = "on" if self.durable else "off"
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "unix_socket_permissions": "0700",
            "shared_buffers": "128MB",
            "max_connections": "100",
            "max_wal_size": "2GB",
            "fsync": flushing,
            "full_page_writes": flushing,
            "synchronous_commit": "on",
            "logging_collector": "off",
            "jit": "off",
            "random_page_cost": "1.1",  # solid-state disks, as a plant has them; the default is for spinning ones
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.program), "-D", str(self.data), *options]

    def is_ready(self) -> bool:
        status = self.data / "postmaster.pid"
        return status.exists() and status.read_text().rstrip().endswith("ready")

    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": f"postgres:///{DATABASE}?host={self.folder}&user={USER}"}


@dataclass(frozen=True)
class Redis:
    program: Path
    version: str
    folder: Path

    gentle_stop = signal.SIGTERM
    abrupt_stop = signal.SIGTERM

    @property
    def name(self) -> str:
        return "Valkey" if "valkey" in self.program.name else "Redis"

    @property
    def socket(self) -> Path:
        return self.folder / "redis.sock"

    def prepare(self, environment: Mapping[str, str]) -> None:
        """Nothing: the database holds all truth, so this server keeps no files."""

    def command(self) -> list[str]:
        listen = ["--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        return [str(self.program), *listen, "--save", "", "--appendonly", "no", "--dir", str(self.folder)]

    def is_ready(self) -> bool:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            line.connect(str(self.socket))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        return False

    def environment(self) -> dict[str, str]:
        return {"REDIS_URL": f"unix://{self.socket}"}


Program = Postgres | Redis
