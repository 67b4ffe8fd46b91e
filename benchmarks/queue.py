"""One page of a queue over 1k, 10k, 100k and 1M open tasks: ours, and Viewflow's own list of the same number of tasks.

`python -m benchmarks.queue [--most 1000000] [--rounds 30]`. Both are whole pages over HTTP, signed in, rendered.
"""

from __future__ import annotations

import argparse
import time
from statistics import median
from typing import Any

from benchmarks import measuring, report
from benchmarks.measuring import Taken

SIZES = (1_000, 10_000, 100_000, 1_000_000)
WARMING = 8  # a worker lives long: its statements have been prepared and planned for any value
PAGES = {"ours": "/queue/", "shipped": "/shipped/queue/"}


def found(field: Any, facts: dict[str, Any], name: str, size: int, rounds: int) -> tuple[Taken, int, float]:
    """The page's times, the rows on it, and how long the filling took."""
    from viewflow.workflow.fields import get_flow_ref

    from benchmarks import fill
    from benchmarks.shipped.flows import ReviewFlow
    from innovation.proposals.flow import ProposalFlow

    began = time.perf_counter()
    fill.fill(size, get_flow_ref(ProposalFlow if name == "ours" else ReviewFlow), facts, ours=name == "ours")
    filling = time.perf_counter() - began
    browser = field.browsers[0]
    taken, page = Taken(), b""
    for _ in range(WARMING):
        page = browser.get(PAGES[name]).send(200)
    for _ in range(rounds):
        request = browser.get(PAGES[name])
        taken.time(lambda request=request: request.send(200))
    return taken, rows_on(name, page), filling


def rows_on(name: str, page: bytes) -> int:
    return page.count(b'class="qrow' if name == "ours" else b"_review/")


def measure(sizes: list[int], rounds: int) -> list[str]:
    from benchmarks import fill
    from benchmarks.field import Field

    field = Field()
    case = field.story.file()
    fill.keep_pattern(case.pk)
    facts = {"teams": fill.teams(field.plant), "author": field.plant.author.pk, "rules": case.rules_id}
    read: dict[tuple[str, int], tuple[Taken, int, float]] = {}
    for size in sizes:
        for name in PAGES:
            seldom = max(5, rounds // 6) if name == "shipped" and size > 10_000 else rounds
            read[name, size] = found(field, facts, name, size, seldom)
            print(
                name,
                size,
                *[f"{part:.2f}" for part in (median(read[name, size][0].wall), *read[name, size][1:])],
                flush=True,
            )
    return [*table(sizes, read), "", *targets(sizes, read), "", *NOTES.format(pools=fill.POOLS).splitlines()]


def table(sizes: list[int], read: dict[Any, Any]) -> list[str]:
    base = median(read["ours", sizes[0]][0].wall)
    lines = [
        "| Open tasks | Mine of them | Our page, to itself at the smallest | rows | Viewflow's queue, to ours | rows "
        "| Ours ms | Viewflow's ms |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    from benchmarks.fill import POOLS

    for size in sizes:
        (ours, rows, _), (theirs, their_rows, _) = read["ours", size], read["shipped", size]
        our, their = median(ours.wall), median(theirs.wall)
        lines.append(
            f"| {size:,} | {-(-size // POOLS):,} | {our / base:.2f} | {rows} | {their / our:.1f} | {their_rows} "
            f"| {our:.1f} | {their:.1f} |"
        )
    return lines


def targets(sizes: list[int], read: dict[Any, Any]) -> list[str]:
    large, before = sizes[-1], sizes[-2]
    wall = {key: median(taken.wall) for key, (taken, _rows, _filling) in read.items()}
    grown, faster = wall["ours", large] / wall["ours", before], wall["shipped", large] / wall["ours", large]
    return [
        "| Asked | Read | |",
        "| --- | ---: | --- |",
        f"| our page at {large:,} at most 1.2 × itself at {before:,} | {grown:.2f} | {met(grown <= 1.2)} |",
        f"| Viewflow's queue at {large:,} at least 50 × ours | {faster:.1f} | {met(faster >= 50)} |",
    ]


def met(holds: bool) -> str:
    return "met" if holds else "missed"


NOTES = """Each task has the rows that filing a proposal leaves (process, task, case, author, step, work item,
proposal), written set-based and analysed; they wait in the pools of {pools} teams in turn, and the reader leads one of
them. Viewflow's list is its own `FlowQueueListView` over as many processes and tasks of a flow of its own, by
permission, with nothing else in the tables and our partial indexes on live tasks there, too. Ours shows 50 rows and
the tally capped at 100, Viewflow's 25 rows and the choice of all waiting processes in its filter. Both pages whole,
over HTTP (WSGI), signed in, without a network."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--most", type=int, default=SIZES[-1])
    options.add_argument("--least", type=int, default=SIZES[0])
    options.add_argument("--rounds", type=int, default=30)
    options.add_argument("--dry", action="store_true", help="print, and leave the page as it is")
    asked = options.parse_args()
    with measuring.servers() as described:
        lines = measure([size for size in SIZES if asked.least <= size <= asked.most], asked.rounds)
    print("\n".join(lines))
    if not asked.dry:
        report.write("queue", ["## A page of the queue", "", *report.described(described), "", *lines])


if __name__ == "__main__":
    main()
