"""Tables in docs/benchmarks.md, each between its own marks, so that one benchmark leaves the others' alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from config.proofs import ROOT, commit, machine

PAGE = ROOT / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Readings on one machine, not promises: compare the ratios, not the milliseconds. Each table says when, where and on
which commit it was read. `python -m benchmarks.decide` writes its table anew; it starts a PostgreSQL and a Redis or
Valkey of its own, with `fsync` and `synchronous_commit` on. No test measures time.
"""


def described(servers: list[str]) -> list[str]:
    return [
        f"- Commit: {commit()}",
        f"- Date: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        f"- Machine: {machine()}",
        *[f"- {server}" for server in servers],
    ]


def write(name: str, lines: list[str]) -> None:
    begin, end = f"<!-- {name}: written by python -m benchmarks.{name} -->", f"<!-- {name} ends -->"
    block = "\n".join([begin, "", *lines, "", end])
    PAGE.parent.mkdir(exist_ok=True)
    text = PAGE.read_text("utf-8") if PAGE.exists() else HEAD
    between = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    text = between.sub(lambda _: block, text) if between.search(text) else f"{text}\n{block}\n"
    PAGE.write_text(text, "utf-8")
