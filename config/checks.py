"""Everything `make test` asks, one line each, pytest last. All of it runs, and one failure fails the whole."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON = [sys.executable]
CHECKS: dict[str, list[str]] = {
    "ruff check": [str(BIN / "ruff"), "check", "--quiet", "."],
    "ruff format": [str(BIN / "ruff"), "format", "--check", "--quiet", "."],
    "mypy": [*PYTHON, "-m", "mypy", "--no-error-summary", "config", "innovation", "maintenance_audit", "workflows"],
    "import directions": [str(BIN / "lint-imports"), "--no-logo"],
    "migrations": [*PYTHON, "-W", "ignore", "manage.py", "makemigrations", "--check", "--dry-run"],
    "translations": [*PYTHON, "-m", "config.messages", "--missing"],
}


def check(name: str, command: list[str]) -> bool:
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True)
    print(f"{'ok  ' if done.returncode == 0 else 'FAIL'}  {name}  {time.monotonic() - began:.1f} s", flush=True)
    if done.returncode:
        print(f"{done.stdout}{done.stderr}", flush=True)
    return done.returncode == 0


def environment() -> dict[str, str]:
    return os.environ | {"ASSAY_TESTING": "1"}


def side_by_side(arguments: list[str]) -> list[str]:
    """One worker a processor, up to four, each with databases of its own; a file's tests stay together."""
    workers = min(os.cpu_count() or 1, 4)
    chosen = any(argument.startswith(("-n", "-k", "tests/")) for argument in arguments)
    return [] if workers == 1 or chosen else ["-n", str(workers), "--dist", "loadfile"]


def main(arguments: list[str]) -> int:
    failed = [name for name, command in CHECKS.items() if not check(name, command)]
    tests = subprocess.run([*PYTHON, "-m", "pytest", *side_by_side(arguments), *arguments], cwd=ROOT).returncode
    if failed:
        print(f"FAIL  {', '.join(failed)}")
    return 1 if failed or tests else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
