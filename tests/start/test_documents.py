"""The documents say what runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DRAWN = [ROOT / "docs/flows/proposal.svg", ROOT / "docs/flows/proposal.md"]


def test_the_drawn_flow_is_the_flow_that_runs() -> None:
    """The picture stops by itself when a way of the flow is missing in it, or drawn too many."""
    before = [path.read_text("utf-8") for path in DRAWN]
    try:
        done = subprocess.run([sys.executable, "docs/flows/draw.py"], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert [path.read_text("utf-8") for path in DRAWN] == before
    finally:
        for path, text in zip(DRAWN, before, strict=True):
            path.write_text(text, "utf-8")
