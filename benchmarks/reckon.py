"""A month's round reckoned by the pure module, beside one SQL query that only sorts the same rows.

`python -m benchmarks.reckon [--candidates 10000] [--rounds 9]`. Reckoning is everything: each judge's marks weighed,
panel scores as exact fractions, rank, grade, ceiling, split among authors. The query finds the scores ready.
"""

from __future__ import annotations

import argparse
import os
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from benchmarks import measuring, report
from benchmarks.measuring import Taken

JUDGES = tuple(f"J{number}" for number in range(1, 8))
WEIGHTS = {"effect": 30, "novelty": 25, "difficulty": 20, "spread": 15, "write_up": 10}
SORTED = "SELECT number FROM reckoned ORDER BY score DESC, benefit DESC, filed_at, number"
SORT = "SQL: sort the same rows, scores ready"
CHECKED = "Lines of the file read back, compared with the ledger's digests, reckoned anew"


def a_round(size: int) -> Any:
    from innovation.awards import roundfile as r

    chance = random.Random(1)
    opened = datetime(2026, 11, 1, tzinfo=UTC)
    grades = ((85, 2000, 100), (70, 800, 1000), (50, 200, None))
    rules = r.RulesRecord(
        1,
        [r.CriterionRecord(code, code, weight) for code, weight in WEIGHTS.items()],
        [r.GradeRecord(f"{least}", Decimal(least), Decimal(amount), places) for least, amount, places in grades],
        quorum=5,
    )
    candidates = [
        r.CandidateRecord(
            case=f"TA-2610-{number:04}",
            title="阳极板间隙调整",
            level="section",
            filed_at=opened - timedelta(minutes=chance.randrange(40_000)),
            authors=[r.AuthorRecord(f"1{share:04}", "王建国", "熔炼一班", share) for share in (5, 3, 1)],
            verified_benefit=Decimal(chance.randrange(10**7)) / 100,
            marks={judge: {code: chance.randrange(40, 100) for code in WEIGHTS} for judge in JUDGES},
        )
        for number in range(size)
    ]
    return r.RoundRecord("round:1", "SM", "熔炼车间", "2026-10", opened, rules, JUDGES, candidates, Decimal(900_000))


def stored(record: Any, awards: list[Any]) -> None:
    """The same rows in PostgreSQL, shuffled, with the scores ready and analysed."""
    from django.db import connection

    by_case = {candidate.case: candidate for candidate in record.candidates}
    rows = [(a.case, by_case[a.case].verified_benefit, by_case[a.case].filed_at, a.score) for a in awards]
    random.Random(2).shuffle(rows)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE reckoned (number text, benefit numeric, filed_at timestamptz, score numeric)")
        for number, benefit, filed_at, score in rows:
            exact = Decimal(score.numerator) / score.denominator
            cursor.execute("INSERT INTO reckoned VALUES (%s, %s, %s, %s)", [number, benefit, filed_at, exact])
        cursor.execute("ANALYZE reckoned")


def sort_only() -> list[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(SORTED)
        return [number for (number,) in cursor.fetchall()]


def measure(size: int, rounds: int) -> list[str]:
    from innovation.awards import recompute, roundfile

    record = a_round(size)
    header, candidates = roundfile.plain(record)
    awards = recompute.reckon(header, candidates)
    stored(record, awards)
    assert sort_only() == [award.case for award in awards], "both sort alike"
    lines = roundfile.lines(record)
    anchor = recompute.Anchor("round:1", 1, "", roundfile.digests(lines))
    acts = {
        SORT: sort_only,
        "Reckoned: marks to split": lambda: recompute.reckon(header, candidates),
        "Lines of the file written": lambda: roundfile.lines(record),
        CHECKED: lambda: recompute.compared(lines, anchor),
    }
    taken = {name: Taken() for name in acts}
    for _ in range(rounds):
        for name, act in acts.items():
            taken[name].time(act)
    return table(size, rounds, taken)


def table(size: int, rounds: int, taken: dict[str, Taken]) -> list[str]:
    base = median(taken[SORT].wall)
    lines = [
        "| A round | Candidates a second | Ratio to the sort | Median ms | Own CPU ms | Candidates a CPU second |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, times in taken.items():
        wall = median(times.wall)
        cpu = median(times.cpu)
        alone = f"{size / cpu * 1000:,.0f}" if times is not taken[SORT] else ""
        figures = f"{size / wall * 1000:,.0f} | {wall / base:.1f} | {wall:.1f} | {cpu:.1f} | {alone}"
        lines.append(f"| {name} | {figures} |")
    load = f"{os.getloadavg()[0]:.1f}"
    return [*lines, "", *NOTES.format(size=size, rounds=rounds, load=load, cores=os.cpu_count()).splitlines()]


NOTES = """{size:,} candidates, 7 judges, 5 criteria, 3 authors each; {rounds} rounds in turn. The query sorts by score,
benefit, filing and number and fetches the numbers; the time in the database is in its wall time, not in its own CPU.
Both give the same order, which is checked. Reckoning is Python alone, on whole numbers and fractions. The machine's
load at the end was {load} on {cores} cores: where that is above the cores, others' work is in the wall times."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--candidates", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--dry", action="store_true", help="print, and leave the page as it is")
    asked = options.parse_args()
    with measuring.servers() as described:
        lines = measure(asked.candidates, asked.rounds)
    print("\n".join(lines))
    if not asked.dry:
        report.write("reckon", ["## A month's round", "", *report.described(described), "", *lines])


if __name__ == "__main__":
    main()
