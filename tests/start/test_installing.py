"""Installing does nothing when the lock has not changed; and the two locks agree with each other."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from config import install
from tests.start.processes import ROOT

PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", re.MULTILINE)


def pins(lock: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / lock).read_text()))


def test_the_development_lock_holds_the_other_one_at_the_same_versions() -> None:
    runtime, development = pins("requirements.txt"), pins("requirements-dev.txt")
    assert runtime and {name: development.get(name) for name in runtime} == runtime


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_each_package_is_locked_with_hashes_and_without_an_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert len(re.findall(r"==\S+.*\\\n\s+--hash=sha256:", text)) == len(pins(lock))
    assert "://" not in text and "--index" not in text


def test_an_unchanged_lock_needs_no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "VENV", tmp_path)
    monkeypatch.setattr(install, "PYTHON", Path(sys.executable))
    (tmp_path / "requirements.txt").write_text("one==1\n")
    assert not install.is_installed("requirements.txt")
    install.stamp("requirements.txt").write_text(install.digest("requirements.txt"))
    assert install.main("requirements.txt") == 0
    (tmp_path / "requirements.txt").write_text("one==2\n")
    assert not install.is_installed("requirements.txt")


def test_it_runs_on_the_standard_library_alone() -> None:
    code = "import sys, runpy; runpy.run_path('config/install.py'); print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr


def test_make_without_a_target_lists_the_targets() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert all(f"make {target} " in listed for target in ("demo", "test", "prove", "lint", "install", "clean", "help"))
