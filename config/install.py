"""Install the locked requirements into .venv, with whatever this machine has to install them with.

Run by `make` as a plain file, with any Python from 3.11 on and nothing but its standard library. It does nothing, and
needs no network, when the stamp in .venv is the digest of the lock.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
RUNTIME, DEVELOPMENT = "requirements.txt", "requirements-dev.txt"
OLDEST = "import sys; sys.exit(sys.version_info < (3, 11))"
WHEEL_FOLDERS = ("/usr/share/python-wheels", "/usr/share/python3-wheels")


def digest(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def stamp(lock: str) -> Path:
    return VENV / f"{lock}.installed"


def is_installed(lock: str) -> bool:
    return PYTHON.exists() and stamp(lock).exists() and stamp(lock).read_text() == digest(lock)


def works(*command: str | Path) -> bool:
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def make_venv() -> None:
    """Without pip: Debian's python has no ensurepip unless python3-venv is installed."""
    if not works(PYTHON, "-c", OLDEST):
        subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", VENV], check=True)


def bundled_pips() -> Iterator[Path]:
    try:
        import ensurepip

        yield from sorted(Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl"), reverse=True)
    except ImportError:
        pass
    for folder in WHEEL_FOLDERS:
        yield from sorted(Path(folder).glob("pip-*.whl"), reverse=True)


def installers() -> Iterator[tuple[str, list[str | Path]]]:
    """Ways to install, fastest first; each is a command that wants `-r lock` after it."""
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    if uv := shutil.which("uv"):
        yield "uv", [uv, "pip", "install", "--quiet", "--python", PYTHON]
    if works(PYTHON, "-m", "pip", "--version"):
        yield "the environment's pip", [PYTHON, "-m", "pip", "install", *quiet]
    if works(sys.executable, "-m", "pip", "--python", PYTHON, "--version"):
        yield "this Python's pip", [sys.executable, "-m", "pip", "--python", PYTHON, "install", *quiet]
    for wheel in bundled_pips():
        yield f"the bundled {wheel.name}", [PYTHON, wheel / "pip", "install", *quiet]


def install(lock: str) -> bool:
    environment = os.environ | {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    tried = False
    for name, command in installers():
        tried = True
        began = time.monotonic()
        print(f"Installing {lock} with {name} …", flush=True)
        line = [*command, "--require-hashes", "--only-binary=:all:", "-r", ROOT / lock]
        if subprocess.run(line, env=environment).returncode == 0:
            print(f"Installed in {time.monotonic() - began:.0f} s", flush=True)
            return True
    if not tried:
        print("There is neither uv nor pip. Install one of them (Debian: apt install python3-pip).", file=sys.stderr)
    return False


def main(lock: str) -> int:
    if is_installed(lock):
        return 0
    VENV.mkdir(exist_ok=True)
    with (ROOT / ".venv.lock").open("w") as mutex:
        fcntl.flock(mutex, fcntl.LOCK_EX)
        if is_installed(lock):
            return 0
        make_venv()
        if not install(lock):
            return 1
        # The development lock holds everything of the other one, at the same versions.
        for name in (RUNTIME, DEVELOPMENT) if lock == DEVELOPMENT else (RUNTIME,):
            stamp(name).write_text(digest(name))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else RUNTIME))
