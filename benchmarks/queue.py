"""One page of a queue over 1k, 10k, 100k and 1M open tasks: ours, and Viewflow's own list of the same number of tasks.

`python -m benchmarks.queue [--most 1000000] [--rounds 30]`. Both are whole pages over HTTP, signed in, rendered.
"""

from __future__ import annotations

import argparse
from contextlib import nullcontext
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks import measuring, report
from benchmarks.measuring import Taken

SIZES = (1_000, 10_000, 100_000, 1_000_000)
POOLS, FEW_POOLS = 300, 50  # teams that the tasks wait for in turn; the few give each a long backlog
WARMING = 8  # a worker lives long: its statements have been prepared and planned for any value
PAGES = {"ours": "/queue/", "shipped": "/shipped/queue/", "bare": "/shipped/queue/"}


@dataclass
class Scene:
    """So many open tasks in the pools of so many teams; of each page its times and the rows on it."""

    tasks: int
    pools: int
    taken: dict[str, Taken] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    @property
    def mine(self) -> int:
        return -(-self.tasks // self.pools)

    def wall(self, name: str) -> float:
        return median(self.taken[name].wall)

    def times(self, name: str) -> float:
        """As often as ours the other page takes."""
        return self.wall(name) / self.wall("ours")


def measure_pages(the_field: Any, facts: dict[str, Any], scene: Scene, rounds: int) -> None:
    from viewflow.workflow.fields import get_flow_ref

    from benchmarks import fill
    from benchmarks.shipped.flows import ReviewFlow
    from innovation.proposals.flow import ProposalFlow

    for flow, names in ((ProposalFlow, ("ours",)), (ReviewFlow, ("shipped", "bare"))):
        fill.fill(scene.tasks, scene.pools, get_flow_ref(flow), facts, ours=flow is ProposalFlow)
        for name in names:
            seldom = max(5, rounds // 6) if name != "ours" and scene.tasks > 10_000 else rounds
            with fill.without_our_indexes() if name == "bare" else nullcontext():
                page(the_field.browsers[0], name, scene, seldom)


def page(browser: Any, name: str, scene: Scene, rounds: int) -> None:
    taken, body = Taken(), b""
    for _ in range(WARMING if name == "ours" else 2):
        body = browser.get(PAGES[name]).send(200)
    for _ in range(rounds):
        request = browser.get(PAGES[name])
        taken.time(lambda request=request: request.send(200))
    scene.taken[name], scene.rows[name] = taken, rows_on(name, body)
    print(f"{scene.tasks:,} {scene.mine:,} {name} {scene.wall(name):.2f} ms", flush=True)


def rows_on(name: str, page: bytes) -> int:
    return page.count(b'class="qrow' if name == "ours" else b"_review/")


def measure(sizes: list[int], rounds: int) -> list[str]:
    from benchmarks import fill
    from benchmarks.field import Field

    field = Field()
    case = field.story.file()
    fill.keep_pattern(case.pk)
    facts = {"teams": fill.teams(field.plant), "author": field.plant.author.pk, "rules": case.rules_id}
    scenes = [*(Scene(size, POOLS) for size in sizes), Scene(sizes[-1], FEW_POOLS)]
    for scene in scenes:
        measure_pages(field, facts, scene, rounds)
    notes = NOTES.format(pools=POOLS, few=FEW_POOLS).splitlines()
    return [*table(scenes), "", *targets(scenes), "", *notes]


def table(scenes: list[Scene]) -> list[str]:
    base = scenes[0].wall("ours")
    lines = [
        "| Open tasks | Mine of them | Our page, to itself at the smallest | rows | Viewflow's queue, to ours | rows "
        "| without our indexes, to ours | Ours ms | Viewflow's ms | without our indexes ms |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for s in scenes:
        lines.append(
            f"| {s.tasks:,} | {s.mine:,} | {s.wall('ours') / base:.2f} | {s.rows['ours']} | {s.times('shipped'):.1f} "
            f"| {s.rows['shipped']} | {s.times('bare'):.1f} | {s.wall('ours'):.1f} | {s.wall('shipped'):.1f} "
            f"| {s.wall('bare'):.1f} |"
        )
    return lines


def targets(scenes: list[Scene]) -> list[str]:
    *_smaller, before, large, long = scenes
    grown = large.wall("ours") / before.wall("ours")
    lines = [
        "| Asked | Read | |",
        "| --- | ---: | --- |",
        f"| our page at {large.tasks:,} at most 1.2 × itself at {before.tasks:,} | {grown:.2f} | {met(grown <= 1.2)} |",
    ]
    for scene in (large, long):
        for name, words in (("shipped", ""), ("bare", ", its tables without our indexes")):
            times = scene.times(name)
            which = f"Viewflow's queue at {scene.tasks:,}, {scene.mine:,} of them the reader's{words}"
            lines.append(f"| {which}: at least 50 × ours | {times:.1f} | {met(times >= 50)} |")
    return lines


def met(holds: bool) -> str:
    return "met" if holds else "missed"


NOTES = """Each task has the rows that filing a proposal leaves (process, task, case, author, step, work item,
proposal), written set-based and analysed; they wait in the pools of {pools} teams in turn, in the last row of {few},
and the reader leads one of them. Viewflow's list is its own `FlowQueueListView` over as many processes and tasks of a
flow of its own, by permission, with nothing else in the tables; once with our partial indexes on live tasks there, too,
and once as Viewflow's own migrations leave its tables. Ours shows 50 rows and the tally capped at 100, Viewflow's 25
rows and the choice of all waiting processes in its filter. Both pages whole, over HTTP (WSGI), signed in, without a
network."""


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
