"""A file of jobs brought in, beside PostgreSQL's own COPY of the same rows; and what memory it takes.

`python -m benchmarks.importing [--rows 100000]`. Bringing in is everything: cells read and believed or not, held
against the register in sets, jobs made with their constraints, one ledger entry each, repeats linked. COPY finds the
finished rows and writes them into a table with the same indexes and checks, nothing else.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from benchmarks import measuring, report

HEAD = ["委托单号", "检修内容", "位号", "故障码", "外委单位", "状态", "开工日期", "验收日期", "工时", "结算金额"]
COLUMNS = {"number": 0, "title": 1, "failure": 3, "firm": 4, "state": 5, "started": 6, "accepted": 7, "hours": 8,
           "amount": 9}  # fmt: skip


def rows(count: int) -> Iterator[list[str]]:
    chance = random.Random(count)
    for n in range(count):
        day = date(2016, 1, 1) + timedelta(days=chance.randrange(3600))
        yield [f"BM-{count}-{n:06d}", f"更换第 {n} 台泵的机械密封", f"P-{chance.randrange(600):03d}",
               chance.choice(("LX", "MS", "DL", "NA")), "WW-HX", "已结算", day.isoformat(), day.isoformat(),
               f"{chance.randrange(1, 900) / 10}", f"{chance.randrange(10**7) / 100:.2f}"]  # fmt: skip


def write(place: Path, count: int) -> None:
    if place.suffix == ".csv":
        with place.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([HEAD])
            csv.writer(file).writerows(rows(count))
        return
    import xlsxwriter

    with xlsxwriter.Workbook(place, {"tmpdir": str(place.parent)}) as book:
        page = book.add_worksheet()
        for n, row in enumerate([HEAD, *rows(count)]):
            page.write_row(n, 0, row)


def bring_in(place: Path, *, traced: bool) -> dict[str, float]:
    """In this process: seconds of reading and of writing, and the most memory that was ever held."""
    import django

    django.setup()
    from django.core.files.storage import default_storage

    from maintenance_audit.jobs.importing import applying, checking, handling
    from maintenance_audit.jobs.importing.mapping import Mapping
    from maintenance_audit.jobs.models import JobImport
    from workflows.organisation.models import Person

    planner = Person.objects.get(name="计检")
    before = held("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the most that was ever held is counted from here on
    with place.open("rb") as file:
        upload = handling.hand_in(actor=planner, name=place.name, file=file)
    mapping = Mapping(columns=COLUMNS, tag=[2], section="RL-SSL", firm_rule="column")
    JobImport.objects.filter(pk=upload.pk).update(mapping=mapping.as_json(), state="checking")
    if traced:
        tracemalloc.start()
    began = time.perf_counter()
    checking.check(JobImport.objects.select_related("uploader").get(pk=upload.pk))
    read = time.perf_counter()
    JobImport.objects.filter(pk=upload.pk).update(state="applying")
    applying.apply(JobImport.objects.select_related("uploader__unit").get(pk=upload.pk))
    ended = time.perf_counter()
    made = JobImport.objects.get(pk=upload.pk)
    assert made.state == "applied", made.failure
    assert not default_storage.exists(str(made.file.name))
    peak = tracemalloc.get_traced_memory()[1] if traced else 0
    return {"read": read - began, "write": ended - read, "made": made.made, "base_kib": before,
            "most_kib": held("VmHWM"), "traced": peak}  # fmt: skip


def held(what: str) -> int:
    """KiB of this process as Linux counts them. Not `ru_maxrss`: that is handed down from whoever started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(f"{what}:")))


def copy(count: int) -> float:
    """Seconds of COPY for the rows that were made, into a table with the indexes and checks of theirs."""
    from django.db import connection

    with tempfile.TemporaryFile("w+") as file, connection.cursor() as cursor:
        named = f"(SELECT * FROM jobs_job WHERE number LIKE 'BM-{count}-%' ORDER BY id)"
        cursor.copy_expert(f"COPY {named} TO STDOUT WITH (FORMAT csv)", file)
        cursor.execute("DROP TABLE IF EXISTS copied")
        cursor.execute("CREATE TABLE copied (LIKE jobs_job INCLUDING ALL)")
        file.seek(0)
        began = time.perf_counter()
        cursor.copy_expert("COPY copied FROM STDIN WITH (FORMAT csv)", file)
        return time.perf_counter() - began


def child(place: Path, *, traced: bool = False) -> dict[str, float]:
    """A process of its own for each reading, so that none carries another's memory."""
    call = [sys.executable, "-m", "benchmarks.importing", "--child", str(place), *(["--traced"] if traced else [])]
    said = subprocess.run(call, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    found: dict[str, float] = json.loads(said.stdout.splitlines()[-1])
    return found


def measure(sizes: list[int], folder: Path) -> list[str]:
    from tests import plant as plants
    from tests.jobs.story import Register

    Register.of(plants.build())
    lines = [
        "| File | Read and checked, rows/s | Brought in, rows/s | Both | COPY of the same rows | Ratio | Resident at most | of it the import |",  # noqa: E501
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for number, suffix in enumerate(("csv", "xlsx")):
        for size in sizes:
            lines.append(_line(folder / f"{size}.{suffix}", size, number=number))
    traced = [child(_made(folder / f"t{size}.csv", size + 2), traced=True)["traced"] / 2**20 for size in sizes]
    said = ", ".join(f"{size:,} rows: {peak:.1f} MiB" for size, peak in zip(sizes, traced, strict=True))
    load = f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    return [*lines, "", f"Python's own allocations at most (tracemalloc, csv): {said}.", "",
            *NOTES.format(load=load).splitlines()]  # fmt: skip


def _made(place: Path, count: int) -> Path:
    write(place, count)
    return place


def _line(place: Path, size: int, number: int = 0) -> str:
    found = child(_made(place, size + number))
    assert found["made"] == size + number, found
    alone = copy(size + number)
    both = found["read"] + found["write"]
    figures = [f"{size / found['read']:,.0f}", f"{size / found['write']:,.0f}", f"{size / both:,.0f}",
               f"{size / alone:,.0f}", f"{both / alone:.1f}", f"{found['most_kib'] / 1024:.0f} MiB",
               f"{(found['most_kib'] - found['base_kib']) / 1024:.0f} MiB"]  # fmt: skip
    return f"| {size:,} rows, {place.suffix[1:]} | {' | '.join(figures)} |"


NOTES = """Read and checked: the file streamed, every cell believed or named, staged by COPY, held against the register
in whole sets. Brought in: jobs with constraints and foreign keys, one salted and chained ledger entry a job (its chain,
its entry, its payload), repeats linked, in batches of 2,000 that are each one transaction. COPY writes the jobs alone,
into a table with the same indexes and checks and no foreign keys. Each reading is a process of its own. Resident at
most is Linux's VmHWM from the moment the file is handed in; the import's part is that less what was resident before.
Of an xlsx the texts that cells share lie on the disk, with eight bytes of memory each. The machine's load at the end
was {load}: where that is above the cores, others' work is in the readings."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--dry", action="store_true", help="print, and leave the page as it is")
    options.add_argument("--child", type=Path)
    options.add_argument("--traced", action="store_true")
    asked = options.parse_args()
    if asked.child:
        print(json.dumps(bring_in(asked.child, traced=asked.traced)))
        return
    with measuring.servers() as described, tempfile.TemporaryDirectory() as folder:
        os.environ["MEDIA_ROOT"] = folder
        lines = measure([asked.rows // 10, asked.rows], Path(folder))
    print("\n".join(lines))
    if not asked.dry:
        report.write("importing", ["## Jobs brought in", "", *report.described(described), "", *lines])


if __name__ == "__main__":
    main()
