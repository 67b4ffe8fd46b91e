"""A planner brings a file in through its pages; a worker does in between what workers do."""

from __future__ import annotations

import csv
import os
import random
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from maintenance_audit.jobs import tasks
from maintenance_audit.jobs.importing import fields
from maintenance_audit.jobs.models import JobImport
from workflows.organisation.models import Person

ROOT = Path(__file__).resolve().parents[2]
NAME = "excavator-work-orders.csv"
HEAD = ["BscStartDate", "Asset", "OriginalShorttext", "PMType", "Cost", "RunningTime", "MajorSystem", "Part", "FM"]


def real_orders() -> Path | None:
    """The real, dirty work orders, which lie beside the project and never in it."""
    named = os.environ.get("ASSAY_WORK_ORDERS")
    places = [Path(named)] if named else [folder / "shared" / "data" / NAME for folder in (ROOT.parent, *ROOT.parents)]
    return next((place for place in places if place.is_file()), None)


def twin(rows: int = 5485, copies: int = 37) -> bytes:
    """Invented rows of the same shape: dirty dates and sums, codes that are none, exact copies."""
    chance = random.Random(7)
    systems = ["Bucket", "Engine", "Hydraulic System", "NA", "NA", "Drivetrain"]
    codes = ["Leak", "Structural Integrity", "NA", "NA", "NA", "Breakdown"]
    said: list[list[str]] = []
    for n in range(rows - copies - 1):
        day = date(2002, 1, 1) + timedelta(days=chance.randrange(4000))
        said.append([day.isoformat(), chance.choice("ABCDE"), f"换第 {n} 条油管, 左 / right", "PM01",
                     f"{chance.randrange(300_000) / 100}", str(chance.randrange(400)), chance.choice(systems), "NA",
                     chance.choice(codes)])  # fmt: skip
    said.insert(3452, ["2003-12-31", "B", "won", "t swing", "PM01", "94.63", "180", "NA", "Electrics"])
    said += [list(said[n * 11]) for n in range(copies)]
    return written([HEAD, *said])


def written(rows: Iterable[Iterable[Any]]) -> bytes:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


class Bringing:
    """One file of one planner's."""

    def __init__(self, client: Client, person: Person | None = None) -> None:
        self.client, self.person = client, person

    @property
    def upload(self) -> JobImport:
        return JobImport.objects.latest("pk")

    def hand_in(self, content: bytes, name: str = "委托单.csv") -> Any:
        return self.client.post("/jobs/import/", {"file": SimpleUploadedFile(name, content)}, follow=True)

    def typed(self, **changes: Any) -> dict[str, Any]:
        """The columns by their headers, as the page proposes them."""
        headers = self.upload.headers
        guessed = fields.guess(headers)
        if "accepted" not in guessed and "started" in guessed:
            guessed["accepted"] = guessed["started"]
        sent: dict[str, Any] = {key: str(index) for key, index in guessed.items()}
        sent |= {f"tag_{n}": str(index) for n, index in enumerate(fields.guess_tag(headers))}
        sent |= {"prefix_typed": "" if "number" in guessed else "EX-", "state_all": "accepted", "firm_rule": "none"}
        return sent | {"section_code": "RL-SSL", "make": "on"} | changes

    def name_columns(self, **changes: Any) -> Any:
        return self.client.post(self.page, self.typed(**changes))

    @property
    def page(self) -> str:
        return f"/jobs/import/{self.upload.pk}/"

    def work(self) -> None:
        tasks.work_on_import(self.upload.pk)

    def read(self, content: bytes, **changes: Any) -> str:
        """Handed in, columns named, the file read: what the preview says."""
        self.hand_in(content)
        answer = self.name_columns(**changes)
        assert answer.status_code == 302, answer.content.decode()
        self.work()
        return str(self.client.get(self.page).content.decode())

    def confirm(self) -> str:
        self.client.post(f"{self.page}confirm/")
        self.work()
        return str(self.client.get(self.page).content.decode())

    def faults(self, *, warning: bool = False) -> Iterator[tuple[int, str, str, str]]:
        for fault in self.upload.faults.filter(warning=warning):
            yield fault.row, fault.column, fault.value, fault.reason
