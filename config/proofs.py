"""Run the proofs in full and write what they proved to docs/proofs.md: commit, machine, each proof with its time."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "proofs.md"
# What "in full" means; the environment may ask for less, to try it.
COUNTS = {"ASSAY_ROUNDS": "1000", "ASSAY_SEQUENCES": "2000", "ASSAY_KILLS": "25"}


@dataclass(frozen=True)
class Proof:
    """One test marked `prove`. What it counted, it says with pytest's `record_property("proved", "…")`."""

    name: str
    result: str
    seconds: float
    proved: str

    def row(self) -> str:
        return f"| {self.name} | {self.proved} | {self.result} | {self.seconds:.1f} |"


def read(report: Path) -> Iterator[Proof]:
    for case in ElementTree.parse(report).iter("testcase"):
        words = " ".join(case.get("name", "").removeprefix("test_").split("_"))
        result = next((mark for mark in ("failure", "error", "skipped") if case.find(mark) is not None), "holds")
        counted = [entry.get("value", "") for entry in case.iter("property") if entry.get("name") == "proved"]
        yield Proof(words, result, float(case.get("time", 0)), "; ".join(counted))


def commit() -> str:
    """With a plus sign when the tree holds changes that are not committed; this page itself does not count."""
    name = _git("rev-parse", "--short=12", "HEAD")
    changed = [line for line in _git("status", "--porcelain").splitlines() if not line.endswith("docs/proofs.md")]
    return f"{name}+" if changed else name


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True).stdout.strip()


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text().splitlines() if facts.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB, {system}"


def counts() -> dict[str, str]:
    return {name: os.environ.get(name, count) for name, count in COUNTS.items()}


def size() -> str:
    asked = ", ".join(f"{name.removeprefix('ASSAY_').lower()} {count}" for name, count in counts().items())
    return asked if counts() == COUNTS else f"{asked} (less than in full)"


def page(proofs: list[Proof], servers: list[str]) -> str:
    head = [
        "# Proofs",
        "",
        "Written by `make prove`; the figures are readings on one machine, the counts are what the tests demand.",
        "",
        f"- Commit: {commit()}",
        f"- Date: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        f"- Machine: {machine()}",
        *[f"- {server}" for server in servers],
        f"- Counts: {size()}",
        "",
        "| Proof | Counted | Result | Seconds |",
        "| --- | --- | --- | ---: |",
    ]
    return "\n".join([*head, *[proof.row() for proof in proofs], ""])


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        report, servers = Path(folder) / "report.xml", Path(folder) / "servers"
        # xunit1: the one shape of report that keeps what a test counted.
        asked = ["-m", "prove", f"--junitxml={report}", "-o", "junit_family=xunit1"]
        command = [sys.executable, "-m", "pytest", *asked, *arguments]
        told = os.environ | counts() | {"ASSAY_PROVE": "1", "ASSAY_SERVERS_FILE": str(servers)}
        status = subprocess.run(command, cwd=ROOT, env=told).returncode
        if not report.exists():
            return status
        PAGE.parent.mkdir(exist_ok=True)
        used = servers.read_text("utf-8").splitlines() if servers.exists() else []
        PAGE.write_text(page(list(read(report)), used), "utf-8")
    print(f"Written: {PAGE.relative_to(ROOT)}")
    return status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
