"""The file that a planner may begin with: every column that is read, and one job as it is written."""

from __future__ import annotations

from django.utils.translation import pgettext

from maintenance_audit.jobs.importing import fields
from workflows.reports.spreadsheet import Column

SAID = {
    "number": "WX-2603-001", "title": "更换机械密封", "scope": "拆泵，换机封，找正，试车", "section": "RL-SSL",
    "failure": "LEAK", "work_kind": "PUMP", "firm": "WW-HX", "state": "已验收", "started": "2026-03-01",
    "completed": "2026-03-04", "accepted": "2026-03-05", "hours": "16.5", "amount": "1200.00",
}  # fmt: skip
PLACE_OF_TAG = 1
SAMPLE = [SAID.get(field.key, "") for field in fields.FIELDS]
SAMPLE.insert(PLACE_OF_TAG, "P-2101A")


def head() -> list[Column]:
    named = [Column(str(field.label), 30 if field.longest > 100 else 14) for field in fields.FIELDS]
    named.insert(PLACE_OF_TAG, Column(pgettext("job column", "Tag"), 14))
    return named
