"""Five thousand real, dirty work orders come in at once: bad rows named, copies warned of, repeats counted right."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pytest

from maintenance_audit.jobs.models import ImportRow, ImportState, Job
from tests.jobs.import_story import Bringing, real_orders, twin
from tests.jobs.story import Register, repeats_in
from tests.plant import Plant
from workflows.ledger.audit import _chains
from workflows.ledger.models import Entry


def orders() -> tuple[str, bytes]:
    found = real_orders()
    return ("real", found.read_bytes()) if found else ("generated twin", twin())


def naive(content: bytes) -> set[str]:
    """Numbers of the repeats, each job held against every earlier one of its tag and code. The bad row left out."""
    groups: dict[tuple[str, str], list[tuple[date, int]]] = defaultdict(list)
    for nth, row in enumerate(csv.DictReader(io.StringIO(content.decode())), 1):
        if row["Cost"] == "PM01" or row["FM"] == "NA":
            continue
        parts = [part for part in (row["Asset"], row["MajorSystem"]) if part != "NA"]
        groups["-".join(parts), row["FM"]].append((date.fromisoformat(row["BscStartDate"]), nth))
    return {
        f"EX-{nth:05d}"
        for jobs in groups.values()
        for day, nth in jobs
        if any(day - timedelta(days=30) <= d and (d, n) < (day, nth) for d, n in jobs)
    }


@pytest.mark.django_db
def test_all_of_them_at_once(plant: Plant, record_property: Any) -> None:
    source, content = orders()
    record_property("work orders", source)
    told = Register.of(plant)
    bringing = Bringing(plant.client(told.planner))
    page = bringing.read(content, firm_rule="turn", firm_by="1", firms=["WW-HX", "WW-JA"])
    upload = bringing.upload
    assert upload.state == ImportState.CHECKED and not Job.objects.exists()
    assert (upload.counts["rows"], upload.counts["bad"], upload.counts["new"]) == (5485, 1, 5484)
    # Row 3454 has a comma that nobody quoted, and everything behind it stands one column further.
    assert [(row, column, value) for row, column, value, _why in bringing.faults()] == [(3454, "E", "PM01")]
    assert upload.counts["warnings"] == 37 and "EX-00001" in page and "A → WW-HX" in page
    page = bringing.confirm()
    upload.refresh_from_db()
    assert upload.state == ImportState.APPLIED and upload.made == Job.objects.count() == 5484, upload.failure
    assert not ImportRow.objects.exists()
    first = Job.objects.select_related("equipment", "contractor").order_by("number")[0]
    assert (first.number, first.state, first.gate_evidenced) == ("EX-00001", "accepted", False)
    assert first.accepted_on and first.received_at.year > first.accepted_on.year
    assert set(Job.objects.filter(repeats__isnull=False).values_list("number", flat=True)) == naive(content)
    figures = repeats_in(Job.objects.all())
    assert figures.orders == len(naive(content)) and figures.without_code == upload.counts["without_code"]
    assert Entry.objects.filter(event="maintenance_audit.job.imported").count() == 5484
    assert list(_chains()) == []
    again = Bringing(bringing.client)
    again.read(content, firm_rule="turn", firm_by="1", firms=["WW-HX", "WW-JA"])
    assert (again.upload.counts["new"], again.upload.counts["known"]) == (0, 5484)
    entries = Entry.objects.count()
    again.confirm()
    assert again.upload.state == ImportState.CHECKED and Job.objects.count() == 5484
    assert Entry.objects.count() == entries


@pytest.mark.django_db
def test_the_twin_is_of_the_same_shape() -> None:
    """What stands in for the real orders where they are not there."""
    rows = list(csv.DictReader(io.StringIO(twin().decode())))
    assert len(rows) == 5485 and rows[3452]["Cost"] == "PM01"
    assert len(rows) - len({tuple(row.values()) for row in rows}) == 37
