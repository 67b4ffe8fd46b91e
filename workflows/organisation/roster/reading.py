"""From the bytes of an uploaded file to rows and faults. Nothing here knows the plant."""

from __future__ import annotations

from workflows.organisation.roster import columns, values
from workflows.organisation.spreadsheets import intake, table
from workflows.organisation.spreadsheets.table import Table


def read(content: bytes) -> Table:
    """Raises Refused at the field "file" when the file as a whole cannot be used."""
    return table.read(
        intake.grid(content), columns.NAMES, required=columns.REQUIRED, spoken=columns.spoken, meant=values.meant,
        once="employee_no",
    )  # fmt: skip
