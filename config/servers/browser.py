"""Which browser the tests use: ASSAY_BROWSER, a Chromium on PATH, or one that Playwright has downloaded."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DOWNLOADED = ("chrome-linux/chrome", "chrome-linux64/chrome", "chrome-mac/Chromium.app/Contents/MacOS/Chromium")


def _playwright_cache() -> Path:
    linux, mac = Path.home() / ".cache/ms-playwright", Path.home() / "Library/Caches/ms-playwright"
    return Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or (mac if mac.exists() else linux))


def find_browser() -> Path | None:
    if named := os.environ.get("ASSAY_BROWSER"):
        return Path(named)
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    newest_first = sorted(_playwright_cache().glob("chromium-*"), reverse=True)
    downloaded = [folder / program for folder in newest_first for program in DOWNLOADED]
    return next((program for program in downloaded if program.exists()), None)


def browser_version(program: Path) -> str:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20)
    lines = said.stdout.strip().splitlines()
    return lines[-1] if lines else str(program)
