"""What one durable decision costs: SQL by hand, our service, SpiffWorkflow, and over HTTP a view of one statement, our
page, and Viewflow's shipped views.

`python -m benchmarks.decide [--rounds 40]`. Each round takes one fresh case a contestant through the same three
one-signer steps (team, section, workshop), in changing order; only the decisions are timed, never the filing.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from statistics import median, quantiles
from typing import Any

from benchmarks import measuring, profile, report
from benchmarks.measuring import Act, Taken

CONTESTANTS = {
    "by_hand": "SQL by hand, the same rows",
    "service": "Our service (`turn` → `approve`)",
    "spiff": "SpiffWorkflow, its state in PostgreSQL",
    "one_statement": "HTTP: a view of one `SELECT`, signed in",
    "page": "HTTP: our decision, signed in",
    "shipped": "HTTP: Viewflow's shipped views (assign, execute)",
}
WHOLE = ("by_hand", "service", "page")
TABLES = (
    "engine_decision", "ledger_entry", "notices_outbox", "engine_step", "engine_workitem", "viewflow_task",
    "viewflow_task_previous",
)  # fmt: skip
BESIDE = 3  # the first so many tables: what each contestant writes


def rows() -> list[int]:
    from benchmarks.beside import one

    return [int(one(f"SELECT count(*) FROM {table}")[0]) for table in TABLES]


def written(acts: Iterator[Act]) -> tuple[list[int], list[int]]:
    """How many statements each decision sends, transaction control included, and how many rows all of them leave."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    statements, left = [], [0] * len(TABLES)
    for act in acts:
        before = rows()
        with CaptureQueriesContext(connection) as sent:
            act()
        statements.append(len(sent))
        left = [total + now - was for total, now, was in zip(left, rows(), before, strict=True)]
    return statements, left


def same_writes(left: dict[str, list[int]]) -> None:
    """By hand, the service and the page leave the same rows; the others the same beside their own state."""
    assert len({tuple(left[name]) for name in WHOLE}) == 1, left
    deciding = [name for name in CONTESTANTS if name != "one_statement"]
    assert len({tuple(left[name][:BESIDE]) for name in deciding}) == 1, left


def timed(field: Any, rounds: int) -> dict[str, Taken]:
    taken: dict[str, Taken] = defaultdict(Taken)
    names = list(CONTESTANTS)
    for number in range(rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            for act in getattr(field, name)():
                taken[name].time(act)
    return taken


def table(taken: dict[str, Taken], statements: dict[str, list[int]]) -> list[str]:
    hand, least = median(taken["by_hand"].wall), median(taken["one_statement"].wall)
    lines = [
        "| One decision | Median ms | Middle half ms | Ratio to SQL by hand | Ratio to the one-statement view "
        "| Client CPU ms | Statements |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, words in CONTESTANTS.items():
        low, middle, high = quantiles(taken[name].wall, n=4)
        over_http = f"{middle / least:.2f}" if words.startswith("HTTP") else ""
        sent = " / ".join(map(str, statements[name]))
        lines.append(
            f"| {words} | {middle:.2f} | {low:.2f} to {high:.2f} | {middle / hand:.2f} | {over_http} "
            f"| {median(taken[name].cpu):.2f} | {sent} |"
        )
    return lines


def targets(taken: dict[str, Taken]) -> list[str]:
    wall = {name: median(t.wall) for name, t in taken.items()}
    cpu = {name: median(t.cpu) for name, t in taken.items()}
    over_http = wall["page"] / wall["one_statement"]
    asked = [
        ("our service at most 2 × SQL by hand", wall["service"] / wall["by_hand"], 2.0, False),
        ("our service cheaper than SpiffWorkflow", wall["service"] / wall["spiff"], 1.0, False),
        ("our decision over HTTP at most 2.5 × the one-statement view", over_http, 2.5, False),
        ("Viewflow's assign + execute at least 3 × our decision's CPU", cpu["shipped"] / cpu["page"], 3.0, True),
    ]
    lines = ["| Asked | Read | |", "| --- | ---: | --- |"]
    for words, read, bound, at_least in asked:
        met = read >= bound if at_least else read <= bound
        lines.append(f"| {words} | {read:.2f} | {'met' if met else 'missed'} |")
    return lines


def measure(rounds: int) -> list[str]:
    from benchmarks.field import Field

    field = Field()
    for name in chain(CONTESTANTS, CONTESTANTS):  # warm: caches, prepared statements, imports
        for act in getattr(field, name)():
            act()
    counted = {name: written(getattr(field, name)()) for name in CONTESTANTS}
    same_writes({name: left for name, (_statements, left) in counted.items()})
    taken = timed(field, rounds)
    profiled = ("service", "spiff", "page", "shipped")
    spent = [
        profile.shares(chain.from_iterable(getattr(field, name)() for _ in range(max(rounds // 2, 5))))
        for name in profiled
    ]
    return [
        *table(taken, {name: statements for name, (statements, _left) in counted.items()}),
        "",
        *NOTES.format(rounds=rounds).splitlines(),
        "",
        *targets(taken),
        "",
        *profile.table(["service", "SpiffWorkflow", "HTTP: ours", "HTTP: Viewflow's"], spent),
    ]


NOTES = """{rounds} rounds in changing order, three decisions each. Statements: team / section / workshop step, with
`BEGIN`, `COMMIT` and savepoints; client CPU: of the Python process, the database's own not in it. Every contestant
writes the decision, its ledger entry and the outbox rows, which is checked before each run; by hand, the service and
our page leave the same rows in every table. By hand and by SpiffWorkflow nothing is asked (who may, independence,
deadline), only written. SpiffWorkflow's process is drawn in BPMN; a decision loads its JSON, completes the user task,
runs on and stores the JSON anew. Each decision of Viewflow's views is two requests. HTTP rows are WSGI requests
through the product's whole middleware, with session and CSRF token, without a network."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=40)
    options.add_argument("--dry", action="store_true", help="print, and leave the page as it is")
    asked = options.parse_args()
    with measuring.servers() as described:
        lines = measure(asked.rounds)
    print("\n".join(lines))
    if not asked.dry:
        report.write("decide", ["## One decision", "", *report.described(described), "", *lines])


if __name__ == "__main__":
    main()
