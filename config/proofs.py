"""Run the proofs in full and write what they proved to docs/proofs.md: machine, each proof with its time and the commit
it was proved on, each fault with how often it happened and how long until all went on.

In full they take hours, so some may be run alone (`make prove ARGS="tests/proofs/test_faults.py"`): what a run proves
replaces what the page said of the same proof, and the rest stays, each row with its own commit.
"""

from __future__ import annotations

import itertools
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "proofs.md"
# What "in full" means; the environment may ask for less, to try it.
COUNTS = {"ASSAY_ROUNDS": "1000", "ASSAY_SEQUENCES": "2000", "ASSAY_KILLS": "25", "ASSAY_BROKER_AWAY": "600"}


@dataclass(frozen=True)
class Proof:
    """One test marked `prove`. What it counted, it says with pytest's `record_property("proved", "…")`; how long each
    fault took to mend itself, with `record_property("recoveries", …)`, as JSON."""

    name: str
    result: str
    seconds: float
    proved: str
    recoveries: dict[str, list[float]] = field(default_factory=dict)

    def row(self, commit: str) -> str:
        return f"| {self.name} | {self.proved} | {self.result} | {self.seconds:.1f} | {commit} |"


def read(report: Path) -> Iterator[Proof]:
    for case in ElementTree.parse(report).iter("testcase"):
        words = " ".join(case.get("name", "").removeprefix("test_").split("_"))
        result = next((mark for mark in ("failure", "error", "skipped") if case.find(mark) is not None), "holds")
        said = {entry.get("name"): entry.get("value", "") for entry in case.iter("property")}
        recoveries = json.loads(said.get("recoveries", "{}"))
        yield Proof(words, result, float(case.get("time", 0)), said.get("proved", ""), recoveries)


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


def page(proofs: list[Proof], servers: list[str], earlier: str = "") -> str:
    """`earlier`: the page as it is; its rows of other proofs stay."""
    now = commit()
    rows = _merged(earlier, PROOFS, [proof.row(now) for proof in proofs])
    head = [
        "# Proofs",
        "",
        "Written by `make prove`; the figures are readings on one machine, the counts are what the tests demand.",
        "Each row names the commit that it was proved on.",
        "",
        f"- Machine of the last run: {machine()}",
        *[f"- {server}" for server in servers],
        f"- Counts of the last run: {size()}",
        "",
        *PROOFS,
    ]
    return "\n".join([*head, *rows, "", *faults(proofs, now, earlier)])


PROOFS = ("| Proof | Counted | Result | Seconds | Commit |", "| --- | --- | --- | ---: | --- |")
FAULTS = ("| Fault, under load | Times | Seconds to recover, median | Longest | Commit |",
          "| --- | ---: | ---: | ---: | --- |")  # fmt: skip


def _merged(earlier: str, head: tuple[str, str], rows: list[str]) -> list[str]:
    """The rows of a table as it stood, each replaced by the one of the same first cell, and the new ones."""
    _before, _head, below = earlier.partition("\n".join(head) + "\n")
    stood = itertools.takewhile(lambda line: line.startswith("| "), below.splitlines())
    by_name = {row.split(" | ")[0]: row for row in (*stood, *rows)}
    return list(by_name.values())


def faults(proofs: list[Proof], now: str, earlier: str = "") -> list[str]:
    """Recovered: people decide, every part runs, the beat beats twice, what was written since is delivered."""
    happened = [entry for proof in proofs for entry in proof.recoveries.items() if entry[1]]
    said = [f"| {what} | {len(took)} | {median(took):.1f} | {max(took):.1f} | {now} |" for what, took in happened]
    rows = _merged(earlier, FAULTS, said)
    if not rows:
        return []
    return [
        "Recovered, without a hand: people go on deciding, every part runs, the beat has beaten twice, and what was",
        "written since is in its readers' lists. After each, the database is asked for everything acknowledged and",
        "for anything half done (`tests/proofs/truth.py`).",
        "",
        *FAULTS,
        *rows,
        "",
    ]


def amiss(proofs: list[Proof]) -> list[str]:
    """A proof that was not run proves nothing."""
    return [f"{proof.result}: {proof.name}" for proof in proofs if proof.result != "holds"]


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        report, servers = Path(folder) / "report.xml", Path(folder) / "servers"
        # xunit1: the one shape of report that keeps what a test counted.
        asked = ["-m", "prove", "-v", f"--junitxml={report}", "-o", "junit_family=xunit1"]
        command = [sys.executable, "-m", "pytest", *asked, *arguments]
        told = os.environ | counts() | {"ASSAY_PROVE": "1", "ASSAY_SERVERS_FILE": str(servers)}
        status = subprocess.run(command, cwd=ROOT, env=told).returncode
        if not report.exists():
            return status
        PAGE.parent.mkdir(exist_ok=True)
        used = servers.read_text("utf-8").splitlines() if servers.exists() else []
        proofs = list(read(report))
        earlier = PAGE.read_text("utf-8") if PAGE.exists() else ""
        PAGE.write_text(page(proofs, used, earlier), "utf-8")
    print(PAGE.read_text("utf-8"))
    for line in amiss(proofs):
        print(f"NOT PROVED  {line}")
    return status or bool(amiss(proofs)) or not proofs


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
