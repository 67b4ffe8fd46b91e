"""The cockpit over one, two and ten years of jobs: its sums from the rollup beside the raw query, and the whole page.

`python -m benchmarks.cockpit [--jobs 200] [--rounds 15]`: so many jobs a month, with claims, lots, draws, rulings and
findings, and proposals and award rounds beside them. The raw query is the very statement that fills the rollup, run
over the same months. The plants stand at once, each in a process with servers of its own, and are asked in turn: what
else the machine does meets all.
"""

from __future__ import annotations

import argparse
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from statistics import median
from typing import Any

from benchmarks import measuring, report
from benchmarks.measuring import Taken

YEARS = (1, 2, 10)  # of one year there is nothing before it that its volume could be compared with
SHOWN = 12  # months that the page looks at
PAGE = "/cockpit/"
NAMES = {
    "kept": "Sums of twelve months, from the rollup", "raw": "The same, the raw query",
    "kept_all": "Sums of all months, from the rollup", "raw_all": "The same, the raw query",
    "page": "The whole page of twelve months",
}  # fmt: skip
Found = dict[str, Any]


def stand(years: int, jobs: int, line: Connection) -> None:
    """A plant of so many years: says what it is once it stands, then does what it is asked and says the time."""
    with measuring.servers() as servers:
        from django.db import transaction

        from tests import plant as plants
        from workflows.organisation.models import Role

        with transaction.atomic():  # never committed: the rows are seen by this connection alone
            plant = plants.build()
            plant.hold(plant.second_leader, Role.AUDIT_LEAD, plant.workshop)
            made = _written(plant, years, jobs)
            acts = _acts(made)
            line.send({"servers": servers, "jobs": len(made.jobs), "statements": _statements(acts["page"])})
            with suppress(EOFError):  # nobody asks any more
                while name := line.recv():
                    acts[name]()  # what another left in the processor's and the database's memory is not measured
                    taken = Taken()
                    taken.time(acts[name])
                    line.send(taken.wall[0])
            transaction.set_rollback(True)


def _written(plant: Any, years: int, jobs: int) -> Any:
    from tests.measures.ideas import Ideas
    from tests.measures.years import Years
    from workflows.engine import plant_calendar
    from workflows.reports.cockpit import counting
    from workflows.store import statistics

    made = Years(plant, months=12 * years + 1, a_month=jobs).write()
    for year in range(made.all_months[0].year, made.present.year + 1):
        plant_calendar.import_year(year)
    Ideas(made, a_month=jobs // 10).write()
    for _before_and_after in range(2):  # what autovacuum leaves in a plant
        statistics.gather()
        counting.refresh(anew=True)
    return made


def _acts(made: Any) -> dict[str, measuring.Act]:
    """Each way to the sums, which must agree, and the page."""
    from workflows.reports.cockpit import counting

    path, shown, whole = made.plant.workshop.path, made.all_months[-SHOWN:], made.all_months
    rows = [counting.read("audit", whole, path, kept=held).rows for held in (True, False)]
    assert rows[0] == rows[1]
    client = made.plant.client(made.plant.second_leader)
    for _twice in range(2):
        assert client.get(PAGE).status_code == 200
    return {
        "kept": lambda: counting.read("audit", shown, path),
        "raw": lambda: counting.read("audit", shown, path, kept=False),
        "kept_all": lambda: counting.read("audit", whole, path),
        "raw_all": lambda: counting.read("audit", whole, path, kept=False),
        "page": lambda: client.get(PAGE),
    }


def _statements(act: measuring.Act) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        act()
    return len(asked)


def measure(jobs: int, rounds: int) -> dict[int, Found]:
    """By years what each plant is, and of each way the milliseconds."""
    spawn = get_context("spawn")
    lines: dict[int, Connection] = {}
    for years in YEARS:
        lines[years], far = spawn.Pipe()
        spawn.Process(target=stand, args=(years, jobs, far)).start()
        far.close()  # so that a plant that falls over is noticed here, as the end of its line
    try:
        return _asked_in_turn(lines, rounds)
    finally:
        for line in lines.values():
            line.close()  # which ends the plants


def _asked_in_turn(lines: dict[int, Connection], rounds: int) -> dict[int, Found]:
    found: dict[int, Found] = {}
    for years, line in lines.items():
        found[years] = line.recv() | {name: [] for name in NAMES}
    for n in range(rounds):
        for name in NAMES:
            for years in YEARS if n % 2 else YEARS[::-1]:
                lines[years].send(name)
                found[years][name].append(lines[years].recv())
    return found


def told(found: dict[int, Found], jobs: int, rounds: int) -> list[str]:
    one, two, ten = (found[years] for years in YEARS)
    made = ["| | 1 year, ms | 2 years, ms | 10 years, ms | ten to one | ten to two |", "| --- " + "| ---: " * 5 + "|"]
    for name, words in NAMES.items():
        a, b, c = (median(each[name]) for each in (one, two, ten))
        made.append(f"| {words} | {a:.1f} | {b:.1f} | {c:.1f} | {c / a:.2f} | {c / b:.2f} |")
    counts = " | ".join(str(each["statements"]) for each in (one, two, ten))
    made.append(f"| Statements of the page | {counts} | | |")
    return [
        *made,
        "",
        f"{jobs} jobs a month and more, {one['jobs']:,}, {two['jobs']:,} and {ten['jobs']:,} in all, with claims,",
        f"lots, draws, rulings and findings, and {jobs // 10} proposals a month with their steps and award rounds;",
        f"medians of {rounds} rounds, the plants at once and asked in turn, each act once before it is timed. Rollup",
        "and raw query give the same sums, which is checked. The present month is counted live in both.",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=200, help="a month, at least")
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    found = measure(given.jobs, given.rounds)
    servers = found[YEARS[0]]["servers"]
    text = ["## The cockpit", "", *report.described(servers), "", *told(found, given.jobs, given.rounds)]
    report.write("cockpit", text)
    print("\n".join(text))


if __name__ == "__main__":
    main()
