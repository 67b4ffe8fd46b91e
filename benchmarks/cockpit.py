"""The cockpit over one and over ten years of jobs: its sums from the rollup beside the raw query, and the whole page.

`python -m benchmarks.cockpit [--jobs 200] [--rounds 9]`: so many jobs a month, with claims, lots, draws, rulings and
findings. The raw query is the very statement that fills the rollup, run over the same months.
"""

from __future__ import annotations

import argparse
from statistics import median
from typing import Any

from benchmarks import measuring, report
from benchmarks.measuring import Taken

YEARS = (1, 10)
SHOWN = 12  # months that the page looks at


def written(plant: Any, years: int, jobs: int) -> Any:
    from django.db import connection

    from tests.measures.ideas import Ideas
    from tests.measures.years import Years
    from workflows.engine import plant_calendar
    from workflows.reports.cockpit import counting

    made = Years(plant, months=12 * years + 1, a_month=jobs).write()
    for year in range(made.all_months[0].year, made.present.year + 1):
        plant_calendar.import_year(year)
    Ideas(made, a_month=jobs // 10).write()
    for _before_and_after in range(2):  # what autovacuum leaves in a plant
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        counting.refresh(anew=True)
    return made


def measure(years: int, jobs: int, rounds: int) -> dict[str, Any]:
    """In a transaction that is undone, so that the next begins on an empty plant."""
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    from tests import plant as plants
    from workflows.organisation.models import Role

    with transaction.atomic():
        plant = plants.build()
        plant.hold(plant.second_leader, Role.AUDIT_LEAD, plant.workshop)
        made = written(plant, years, jobs)
        client = plant.client(plant.second_leader)
        found: dict[str, Any] = _sums(made, rounds) | {"page": Taken(), "jobs": len(made.jobs)}
        for _twice in range(2):
            assert client.get("/cockpit/").status_code == 200
        for _round in range(rounds):
            found["page"].time(lambda: client.get("/cockpit/"))
        with CaptureQueriesContext(connection) as asked:
            client.get("/cockpit/")
        found["statements"] = len(asked)
        transaction.set_rollback(True)
    _forget()
    return found


def _forget() -> None:
    """So that the next finds neither dead rows nor plans made for few."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connection.close()


def _sums(made: Any, rounds: int) -> dict[str, Taken]:
    from workflows.reports.cockpit import counting

    path = made.plant.workshop.path
    shown, all_of_them = made.all_months[-SHOWN:], made.all_months
    ways = {
        "kept": (shown, True), "raw": (shown, False), "kept_all": (all_of_them, True), "raw_all": (all_of_them, False),
    }  # fmt: skip
    rows = [counting.read("audit", all_of_them, path, kept=held).rows for held in (True, False)]
    assert rows[0] == rows[1]
    taken = {name: Taken() for name in ways}
    for _round in range(rounds):
        for name, (months, held) in ways.items():
            taken[name].time(lambda m=months, h=held: counting.read("audit", m, path, kept=h))  # type: ignore[misc]
    return taken


def lines(found: dict[int, dict[str, Any]], jobs: int, rounds: int) -> list[str]:
    names = {
        "kept": "Sums of twelve months, from the rollup", "raw": "The same, the raw query",
        "kept_all": "Sums of all months, from the rollup", "raw_all": "The same, the raw query",
        "page": "The whole page of twelve months",
    }  # fmt: skip
    one, ten = (found[years] for years in YEARS)
    made = ["| | 1 year, ms | 10 years, ms | ten to one |", "| --- | ---: | ---: | ---: |"]
    for name, words in names.items():
        a, b = median(one[name].wall), median(ten[name].wall)
        made.append(f"| {words} | {a:.1f} | {b:.1f} | {b / a:.2f} |")
    made.append(f"| Statements of the page | {one['statements']} | {ten['statements']} | |")
    return [
        *made,
        "",
        f"{jobs} jobs a month and more, {one['jobs']:,} and {ten['jobs']:,} in all, with claims, lots, draws, rulings",
        f"and findings; medians of {rounds} rounds in turn, two warm-ups before the page. Rollup and raw query give",
        "the same sums, which is checked. The present month is counted live in both.",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=200, help="a month, at least")
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    with measuring.servers() as servers:
        found = {years: measure(years, given.jobs, given.rounds) for years in YEARS}
        text = ["## The cockpit", "", *report.described(servers), "", *lines(found, given.jobs, given.rounds)]
        report.write("cockpit", text)
        print("\n".join(text))


if __name__ == "__main__":
    main()
